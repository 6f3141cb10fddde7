# retort: build, test, install.  `make help` lists the goals.
#
# One make for the whole tree, nothing to register: a .c file is built because
# it lies in its folder.  Everything built goes to build/$(BUILD)/, and the two
# programs of a release to build/ itself.

BUILD ?= release
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
SECONDS ?= 10
ROUNDS ?= 60

# lint and fuzz are used by the goals of those names; they are not for users.
BUILDS = release debug asan lint fuzz
ifneq ($(words $(filter $(BUILDS),$(BUILD))),1)
$(error BUILD is one of release, debug, asan, not `$(BUILD)')
endif

O = build/$(BUILD)
BIN = $(if $(filter release,$(BUILD)),build,$O)
SILENT = $(if $V,,@)
say = $(if $V,,@printf '%-4s %s\n' $1 $(patsubst $O/%,%,$@))

all: programs ## build retort and retortd (the default)

# --- what the goals need -----------------------------------------------------

# Debian's names; tests/deps knows how each is found on other systems.
NEEDS_all = pkg-config libncurses-dev libbsd-dev
NEEDS_run = $(NEEDS_all)
NEEDS_install = $(NEEDS_all)
NEEDS_test = $(NEEDS_all) libcmocka-dev libvterm-dev curl less
NEEDS_format = clang-format
NEEDS_everything = $(NEEDS_test) libcairo2-dev libpango1.0-dev libpng-dev
NEEDS_lint = $(NEEDS_everything) clang-format cppcheck mandoc
NEEDS_fuzz = $(NEEDS_all) clang libclang-rt-dev
NEEDS_screenshots = $(NEEDS_test) libcairo2-dev libpango1.0-dev libpng-dev \
	fonts-dejavu-core fonts-nanum-coding

GOALS = $(or $(filter-out deps,$(MAKECMDGOALS)),all)
NEEDS = $(sort $(foreach goal,$(GOALS),$(or $(NEEDS_$(goal)),$(NEEDS_all))))

deps: ## install what the other goals on the line need
	@PKG_CONFIG='$(PKG_CONFIG)' tests/deps install $(NEEDS)

# All that compiles or calls a tool waits for this, without being remade by it.
ready: $(filter deps,$(MAKECMDGOALS))
	@PKG_CONFIG='$(PKG_CONFIG)' GOALS='$(filter-out all,$(GOALS))' \
	    tests/deps check $(NEEDS)

# pkg-config is asked by the first recipe that wants the answer, hence after
# `deps` has run; the answer then replaces the question.
ask = $(eval $1 := $(shell $(PKG_CONFIG) $2))$($1)
BSD_CFLAGS = $(call ask,BSD_CFLAGS,--cflags libbsd-overlay)
BSD = $(call ask,BSD,--libs libbsd-overlay)
CURSES_CFLAGS = $(call ask,CURSES_CFLAGS,--cflags ncursesw)
CURSES = $(call ask,CURSES,--libs ncursesw)
CMOCKA = $(call ask,CMOCKA,--libs cmocka)
VTERM = $(call ask,VTERM,--libs vterm)
CAIRO_CFLAGS = $(call ask,CAIRO_CFLAGS,--cflags pangocairo libpng)
CAIRO = $(call ask,CAIRO,--libs pangocairo libpng)

# --- flags -------------------------------------------------------------------

WARNINGS = -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined
HARDEN = -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fPIE -fno-plt
MODE_release = $(HARDEN)
MODE_lint = $(HARDEN) -Werror
MODE_debug = -O0 -g3
MODE_asan = -O1 -g $(SANITIZE) -fno-omit-frame-pointer
MODE_fuzz = -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link
LINK_release = -pie -Wl,-z,relro -Wl,-z,now
# Linked statically the two share one log, where tests/run looks for reports.
LINK_asan = $(SANITIZE) -static-libasan -static-libubsan
LINK_fuzz = $(SANITIZE) -fsanitize=fuzzer

# The server is compiled as a whole.  gcc keeps the code of each file beside
# what that needs, for the tests to be linked with.
WHOLE_release/common = $(FAT)
WHOLE_release/server = $(FAT)
FAT = $(eval FAT := $(shell $(CC) -dM -E -x c /dev/null | \
	grep -q __clang__ || echo -flto=auto -ffat-lto-objects))$(FAT)
WHOLE = -fno-lto

# What a folder may include, and what its programs are linked with besides the
# rings.  The rings are these lines: server/ and tui-client/ never see each
# other, and tests/client links without curses.
INCLUDE_common = -Icommon
INCLUDE_server = -Icommon -Iserver
INCLUDE_tui-client = -Icommon -Itui-client $(CURSES_CFLAGS) -pthread
INCLUDE_tests/lib = -Icommon -Itests/lib
INCLUDE_tests/naive = -Icommon
INCLUDE_tests/common = -Icommon -Itests/lib -Itests/naive
INCLUDE_tests/server = -Icommon -Iserver -Itests/lib
INCLUDE_tests/client = -Icommon -Itui-client -Itests/lib -pthread
INCLUDE_tests/tty = -Icommon -Itests/lib
INCLUDE_tests/shots = -Icommon -Itests/lib $(CAIRO_CFLAGS)
INCLUDE_tests/fuzz = -Icommon -Iserver -Itui-client -Itests/naive

LIBS_server = $(BSD_HERE)
LIBS_tui-client = $(CURSES) $(BSD_HERE) -pthread
LIBS_tests/common = $(WRAP) $(WRAP_MORE) $(CMOCKA) $(BSD)
LIBS_tests/server = $(WRAP) $(WRAP_MORE) $(CMOCKA) $(BSD) -lm
LIBS_tests/client = $(WRAP) $(CMOCKA) $(BSD) -pthread
LIBS_tests/tty = $(CMOCKA) $(VTERM) -lutil $(BSD)
LIBS_tests/shots = $(CMOCKA) $(VTERM) $(CAIRO) -lutil $(BSD) -lm
LIBS_tests/bench = $(BSD) -lutil
LIBS_tests/fuzz = $(BSD) -lm

# The few functions of libbsd go into the programs, if that can be: two
# libraries less to load, a fifth of the time until the first frame.
BSD_HERE = $(if $(filter /%,$(shell $(CC) -print-file-name=libbsd.a)),\
	-l:libbsd.a,$(BSD))

# PIE=-static-pie links retortd with its C library in it: a third less memory,
# but then valgrind knows nothing of that library and suspects it.
$(BIN)/retortd: LINK_release = $(PIE) -Wl,-z,relro -Wl,-z,now
PIE = -pie
$(BIN)/retortd: WHOLE = $(WHOLE_$(BUILD)/server)

# Unit tests make allocations fail: tests/lib/oom.c stands before malloc.
WRAP = $(addprefix -Wl$(,)--wrap=,malloc calloc realloc)
WRAP_MORE = $(addprefix -Wl$(,)--wrap=,reallocarray strdup strndup)
, := ,

# Tests start the programs of their own BUILD, and find their data.
PLACES = -DPROGRAMS='"$(abspath $(BIN))"' -DTESTS='"$(abspath tests)"'

folder = $(patsubst %/,%,$(dir $(patsubst $O/%,%,$@)))

COMPILE = $(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(MODE_$(BUILD)) \
	$(WHOLE_$(BUILD)/$(folder)) $(CFLAGS) \
	$(INCLUDE_$(folder)) $(BSD_CFLAGS) $(CPPFLAGS) \
	$(if $(filter tests/%,$(folder)),$(PLACES)) -MMD -MP -c -o $@ $<

# The group lets an archive's members find each other whatever their order.
LINK = $(CC) $(MODE_$(BUILD)) $(WHOLE) $(CFLAGS) $(LINK_$(BUILD)) \
	-Wl,--as-needed $(LDFLAGS) -o $@ \
	-Wl,--start-group $(filter %.o %.a,$^) -Wl,--end-group

# --- what is built -----------------------------------------------------------

objects = $(patsubst %.c,$O/%.o,$(wildcard $1))

COMMON = $(call objects,common/*.c)
SERVER = $(filter-out %/main.o,$(call objects,server/*.c))
SCREEN = $(call objects,tui-client/main.c tui-client/ui_*.c)
CLIENT = $(filter-out $(SCREEN),$(call objects,tui-client/*.c))
TESTLIB = $(call objects,tests/lib/*.c)
NAIVE = $(call objects,tests/naive/*.c)
SHOTS = $(call objects,tests/shots/*.c)

# A program whose main.c is not there is not built.
RETORT = $(if $(wildcard tui-client/main.c),$(BIN)/retort)
RETORTD = $(if $(wildcard server/main.c),$(BIN)/retortd)

tests_in = $(patsubst %.c,$O/%,$(wildcard tests/$1/test_*.c))
TESTS = $(foreach ring,common server client tty,$(call tests_in,$(ring)))
FUZZERS = $(patsubst %.c,$O/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH = $(addprefix $O/tests/bench/,bench bound frame)

programs: $O/libcommon.a $O/libserver.a $O/libclient.a $(RETORT) $(RETORTD)
everything: programs $(TESTS) $(FUZZERS) $(BENCH) \
	$(if $(wildcard tests/shots/shots.c),$O/tests/shots/shots) \
	$(call objects,*/*.c tests/*/*.c)

$O/%.o: %.c Makefile | ready
	$(call say,CC)
	@mkdir -p $(@D)
	$(SILENT)$(COMPILE)

$O/libcommon.a: $(COMMON)
$O/libserver.a: $(SERVER)
$O/libclient.a: $(CLIENT)
$O/libtest.a: $(TESTLIB)
$O/lib%.a: | ready
	$(call say,AR)
	@mkdir -p $(@D)
	$(SILENT)rm -f $@ && $(AR) rcs $@ $^

$(BIN)/retortd: $O/server/main.o $O/libserver.a $O/libcommon.a
	$(call say,LD)
	$(SILENT)$(LINK) $(LIBS_server)

$(BIN)/retort: $(SCREEN) $O/libclient.a $O/libcommon.a
	$(call say,LD)
	$(SILENT)$(LINK) $(LIBS_tui-client)

$(call tests_in,common): %: %.o $O/libtest.a $O/libcommon.a
$(call tests_in,server): %: %.o $O/libtest.a $O/libserver.a $O/libcommon.a
$O/tests/common/test_naive: $(NAIVE)
$(call tests_in,client): %: %.o $O/libtest.a $O/libclient.a $O/libcommon.a
$(call tests_in,tty): %: %.o $O/libtest.a $O/libcommon.a
$O/tests/shots/shots: $(SHOTS) $O/libtest.a $O/libcommon.a
# Without libFuzzer, replay.c runs the target over its corpus.
REPLAY = $(if $(filter fuzz,$(BUILD)),,$O/tests/fuzz/replay.o)
$(FUZZERS): %: %.o $(REPLAY) $O/libcommon.a
$(filter %/fuzz_conn %/fuzz_routes %/fuzz_template,$(FUZZERS)): \
	$O/libserver.a
$(filter %/fuzz_control %/fuzz_curl %/fuzz_input %/fuzz_pretty %/fuzz_wire,\
	$(FUZZERS)): $O/libclient.a
$(filter %/fuzz_naive %/fuzz_conn,$(FUZZERS)): $(NAIVE)

$O/tests/bench/bench: %: %.o $O/tests/bench/load.o $O/tests/bench/table.o
$O/tests/bench/bound $O/tests/bench/frame: %: %.o

$(TESTS) $(FUZZERS) $O/tests/shots/shots $(BENCH):
	$(call say,LD)
	$(SILENT)$(LINK) $(LIBS_$(folder))

-include $(wildcard $O/*/*.d $O/*/*/*.d)

# --- goals -------------------------------------------------------------------

run: programs ## open the screen, with the server running
	@$(BIN)/retort -s

test: programs $(TESTS) $(FUZZERS) ## run all tests
	@tests/run $(TESTS) $(FUZZERS)

CODE = $(wildcard common/*.[ch] server/*.[ch] tui-client/*.[ch] tests/*/*.[ch])
PAGES = $(wildcard */*.[1-8])

lint: lint-build lint-walls lint-format lint-cppcheck lint-pages ## look for faults without running anything

lint-build: | ready
	@$(MAKE) --no-print-directory BUILD=lint everything

lint-walls: lint-build
	@tests/lint/walls build/lint

lint-format: | ready
	@clang-format --dry-run -Werror $(CODE)

# POSIX has NULL as a pointer: it may end a list of arguments.
lint-cppcheck: | ready
	@cppcheck --quiet -j2 --error-exitcode=1 --inline-suppr --std=c11 \
	    --enable=warning,performance,portability --library=bsd \
	    --suppress=varFuncNullUB -D_GNU_SOURCE -Icommon -Iserver \
	    -Itui-client -Itests/lib $(filter %.c,$(CODE))

lint-pages: | ready
	@$(if $(PAGES),mandoc -Tlint -Wwarning $(PAGES))

format: | ready ## lay out the code as .clang-format says
	@clang-format -i $(CODE)

fuzz: | ready ## fuzz every parser for SECONDS=10
	@$(MAKE) --no-print-directory BUILD=fuzz CC=clang fuzz-run

fuzz-run: $(FUZZERS)
	@set -e; for f in $(FUZZERS); do \
		name=$${f##*/fuzz_}; echo "FUZZ $$name"; \
		mkdir -p $O/corpus/$$name; \
		cp tests/fuzz/corpus/$$name/* $O/corpus/$$name/; \
		dict=tests/fuzz/dict.$$name; set --; \
		[ ! -e $$dict ] || set -- -dict=$$dict; \
		$$f "$$@" -max_total_time=$(SECONDS) -artifact_prefix=$O/ \
		    -verbosity=0 -print_final_stats=1 $O/corpus/$$name; \
	done

# A round against one server takes this long; MODES are all, or some by name.
bench: SECONDS = 0.05
bench: programs $(BENCH) ## measure beside a bound, nginx and less
	@$O/tests/bench/bench -r $(ROUNDS) -t $(SECONDS) $O/tests/bench/bound \
	    $(BIN)/retortd $(MODES)
	@$O/tests/bench/frame $(BIN)/retort

screenshots: programs $O/tests/shots/shots ## draw screenshots/*.png with the real program
	@$O/tests/shots/shots $(abspath $(BIN)) screenshots

install: programs ## into PREFIX=/usr/local, below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(RETORT) $(RETORTD) $(DESTDIR)$(PREFIX)/bin
	@set -e; for page in $(PAGES); do \
		to=$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
		echo "install -m 644 $$page $$to"; \
		install -d $$to; install -m 644 $$page $$to; \
	done

clean: ## remove everything built
	rm -rf build

help: ## print this
	@sed -n 's/^\([a-z]*\):.*## /\1:/p' Makefile | \
	    awk -F: '{ printf "make %-12s %s\n", $$1, $$2 }'
	@echo 'BUILD=release|debug|asan chooses how; V=1 shows the commands.'

.PHONY: all programs everything deps ready run test lint lint-build lint-walls \
	lint-format lint-cppcheck lint-pages format fuzz fuzz-run bench \
	screenshots install clean help
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
