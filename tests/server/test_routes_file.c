/*
 * The routes file: what each production makes, what each mistake is called and
 * where, and that no text, however broken, breaks its reader.
 */
#include "routes_file.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtin_text.h"
#include "cases.h"
#include "check.h"
#include "encode.h"
#include "limit.h"
#include "oom.h"
#include "test.h"

/* A text, and all that is said about it, a line each. */
struct fault {
	const char *text;
	const char *says;
};

/* clang-format off */
static const struct fault outside[] = {
	{ "hots a { }\n",
	    "1:1: \"hots\" begins no statement (\"host\" is meant?): host, unmatched, include, set and NAME = value do\n" },
	{ "GET / return 200\n",
	    "1:1: a route stands in the braces of a host, as in host * { GET / return 200 }\n" },
	{ "return 200\n",
	    "1:1: \"return\" begins no statement: host, unmatched, include, set and NAME = value do\n" },
	{ "}\n",
	    "1:1: this } belongs to no {\n" },
	{ "{ }\n",
	    "1:1: \"{\" begins no statement: host, unmatched, include, set and NAME = value do\n" },
	{ "\"x\"\n",
	    "1:1: \"x\" begins no statement: host, unmatched, include, set and NAME = value do\n" },
	{ "X = \n",
	    "1:5: a value is missing behind =, where the end of the line stands\n" },
	{ "X = 1\nX = 2\n",
	    "2:1: the macro \"X\" is defined on line 1 of \"t\" already\n" },
	{ "a-b = 1\n",
	    "1:1: \"a-b\" is no name of a macro: letters, digits and _ are allowed\n" },
	{ "X = 1 2\n",
	    "1:7: \"2\" stands behind the value of a macro, where nothing belongs\n" },
	{ "X=1\n",
	    "1:1: \"X=1\" begins no statement: put blanks around the = of a macro\n" },
	{ "include more.conf\n",
	    "1:9: a file's name in quotes is missing behind include, where \"more.conf\" stands: include \"more.conf\"\n" },
	{ "include \"more.conf\"\n",
	    "1:9: this text comes from no folder, so it can name no file\n" },
	{ "include\n",
	    "1:8: a file's name in quotes is missing behind include, where the end of the line stands: include \"more.conf\"\n" },
	{ "set sead 1\n",
	    "1:5: only seed can be set, not \"sead\" (\"seed\" is meant?)\n" },
	{ "set seed x\n",
	    "1:10: a number is missing behind set seed, where \"x\" stands\n" },
	{ "set seed 1\nset seed 2\n",
	    "2:1: the seed is set already\n" },
	{ "set seed 1 2\n",
	    "1:12: \"2\" stands behind the seed, where nothing belongs\n" },
	{ "set seed\n",
	    "1:9: a number is missing behind set seed, where the end of the line stands\n" },
	{ "set seed 18446744073709551616\n",
	    "1:10: \"18446744073709551616\" is no number: digits are, up to 18446744073709551615\n" },
	{ "unmatched\n",
	    "1:10: a status is missing where the end of the line stands, as in unmatched 404\n" },
	{ "unmatched 4o4\n",
	    "1:11: \"4o4\" is no status: three digits are, as in unmatched 404\n" },
	{ "unmatched 404\nunmatched 404\n",
	    "2:1: unmatched stands on line 1 of \"t\" already, and is for every host\n" },
	{ "unmatched 204 \"x\"\n",
	    "1:15: an answer with status 204 never has a body: leave it out\n" },
	{ "unmatched 404 x\n",
	    "1:15: \"x\" stands behind unmatched, its status and its body, where nothing belongs\n" },
	{ "unmatched 404 \"a\" \"b\"\n",
	    "1:19: \"b\" stands behind unmatched, its status and its body, where nothing belongs\n" },
	{ "host {\n}\n",
	    "1:6: a host is missing here, where \"{\" stands\n" },
	{ "host a\n",
	    "1:7: { is missing behind the host's name, where the end of the line stands\n" },
	{ "host a,, b { * * echo }\n",
	    "1:8: no host stands in front of this comma\n" },
	{ "host a, { * * echo }\n",
	    "1:9: a host is missing here, where \"{\" stands\n" },
	{ "host ,a { * * echo }\n",
	    "1:6: no host stands in front of this comma\n" },
	{ "host a b { * * echo }\n",
	    "1:8: { is missing behind the host's name, where \"b\" stands\n" },
	{ "host a{\n* * echo\n}\n",
	    "1:7: put a blank in front of this {\n" },
	{ "host a.b:80 { * * echo }\n",
	    "1:6: \"a.b:80\" is no name of a host: the port takes no part, so leave it out\n" },
	{ "host a* { * * echo }\n",
	    "1:6: \"a*\" is no name of a host: * stands alone, or in front of a name as in *.test.com\n" },
	{ "host *a.b { * * echo }\n",
	    "1:6: \"*a.b\" is no name of a host: * stands alone, or in front of a name as in *.test.com\n" },
	{ "host http://a { * * echo }\n",
	    "1:6: \"http://a\" is no name of a host: a path stands in the route\n" },
	{ "host 한글 { * * echo }\n",
	    "1:6: \"한글\" is no name of a host: write it in its xn-- form\n" },
	{ "host . { * * echo }\n",
	    "1:6: \".\" is no name of a host: a dot is not enough\n" },
	{ "host \"a\" { * * echo }\n",
	    "1:6: a host is missing here, where \"a\" stands\n" },
	{ "host a {\n* * echo\n",
	    "1:8: the } that belongs to this { is missing\n" },
	{ "host a {\n* * echo\n} }\n",
	    "3:3: this } belongs to no {\n" },
	{ "host a { * * echo } x\n",
	    "1:21: \"x\" begins no statement: host, unmatched, include, set and NAME = value do\n" },
	{ "host a { }\n",
	    "1:1: warning: this host has no route\n" },
	{ "HELO = \"x\"\nHELLO = \"y\"\nhost a { * * return 200 $HELLP }\n",
	    "3:25: no macro is named \"HELLP\" above this line: \"HELLO\" is meant?\n" },
	{ "A = \"long long 한글 text\"\nhost a { GET /한글 return 200 $A  closed }\n",
	    "2:33: \"closed\" is no option: header, type, reason, delay, template and close are (\"close\" is meant?)\n" },
};

static const struct fault inside[] = {
	{ "GET /{user} return 200 '{usr} {quary.x} {uuid}' template",
	    "2:27: a template knows no {usr} (\"user\" is meant?): the {name}s of the path, query.X, header.X, body, json./X, uuid, now and n are known, and {{ is a brace\n"
	    "2:33: a template knows no {quary.x} (\"query\" is meant?): the {name}s of the path, query.X, header.X, body, json./X, uuid, now and n are known, and {{ is a brace\n" },
	{ "GET / seq {\nreturn 200 <<E\n{\"a\":\n \"{zzzz}\"}\nE\n} template",
	    "5:4: a template knows no {zzzz}: the {name}s of the path, query.X, header.X, body, json./X, uuid, now and n are known, and {{ is a brace\n" },
	{ "GET / return 200 '{zzzz}'", "" },
	{ "GET / body ~ a++++++++++++ return 200",
	    "2:15: this is no regular expression: its repetitions come to more than 2000 characters\n" },
	{ "GET / body ~ \"((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)\" return 200",
	    "2:15: this is no regular expression: its repetitions come to more than 2000 characters\n" },
	{ "GET / body ~ \"[]+{9999}]{9}([[:alpha:]+]{3}){9}\" return 200", "" },
	{ "GET / return 200}", "2:18: put a blank in front of this }\n" },
	{ "GET / return 200 close}", "2:24: put a blank in front of this }\n" },
	{ "GET / echo}", "2:12: put a blank in front of this }\n" },
	{ "GET(/ return 200",
	    "2:2: \"GET(/\" is no method: a method has none of the characters ( ) < > @ , ; : \\ \" / [ ] ? = { } and no blank\n" },
	{ "GET,* / return 200",
	    "2:6: * is any method, and needs no other beside it\n" },
	{ "GET, / return 200",
	    "2:7: \"/\" is no method: a method has none of the characters ( ) < > @ , ; : \\ \" / [ ] ? = { } and no blank\n" },
	{ "GET return 200",
	    "2:6: \"return\" is no path: a path begins with /, or is *\n" },
	{ "GET",
	    "2:5: a path is missing behind the method, where the end of the line stands: GET /path\n" },
	{ "GET a return 200",
	    "2:6: \"a\" is no path: a path begins with /, or is *\n" },
	{ "GET http://a/ return 200",
	    "2:6: \"http://a/\" is a whole URL: its path alone stands here, and its host in front of the block\n" },
	{ "\"GET\" / return 200",
	    "2:2: a route begins with its methods, as in GET,HEAD or *, not with \"GET\"\n" },
	{ "unmatched 404",
	    "2:2: \"unmatched\" stands outside of a host's braces, not in them\n" },
	{ "include \"x\"",
	    "2:2: \"include\" stands outside of a host's braces, not in them\n" },
	{ "return 200",
	    "2:2: methods and a path stand in front of \"return\": GET / return\n" },
	{ "file \"x\"",
	    "2:2: methods and a path stand in front of \"file\": GET / file\n" },
	{ "{ }",
	    "2:2: a route begins with its methods, as in GET,HEAD or *, not with \"{\"\n" },
	{ "GET /a?b=c return 200",
	    "2:8: a path ends where its query begins: match that with query NAME = VALUE\n" },
	{ "GET /a#b return 200",
	    "2:8: a fragment is never sent to a server: leave out what begins with #\n" },
	{ "GET /a%2 return 200",
	    "2:8: two hexadecimal digits stand behind % in a path: write %25 for one of its own\n" },
	{ "GET /a%zz return 200",
	    "2:8: two hexadecimal digits stand behind % in a path: write %25 for one of its own\n" },
	{ "GET /{} return 200",
	    "2:7: \"{}\" is no name of a segment: letters, digits, _ and - are allowed, and ... behind the last\n" },
	{ "GET /{a}b return 200",
	    "2:7: \"{a}b\" has a brace: {name} stands for a whole segment of the path, from one / to the next\n" },
	{ "GET /a{b return 200",
	    "2:7: \"a{b\" has a brace: {name} stands for a whole segment of the path, from one / to the next\n" },
	{ "GET /{a.b} return 200",
	    "2:7: \"{a.b}\" is no name of a segment: letters, digits, _ and - are allowed, and ... behind the last\n" },
	{ "GET /{a}/{a} return 200",
	    "2:11: \"{a}\" stands in this path twice: give the second another name\n" },
	{ "GET /{a...}/b return 200",
	    "2:7: \"{a...}\" takes all the rest of the path, so it stands last\n" },
	{ "GET /{a}/.. return 200",
	    "2:6: this path loses or wins a {name} by its dots or encoded braces: write it without them\n" },
	{ "GET /{a}/%7Bb%7D return 200",
	    "2:6: this path loses or wins a {name} by its dots or encoded braces: write it without them\n" },
	{ "GET / retrun 200",
	    "2:8: an action (return, file, echo, redirect or seq) is missing where \"retrun\" stands (\"return\" is meant?)\n" },
	{ "GET /",
	    "2:7: an action (return, file, echo, redirect or seq) is missing where the end of the line stands\n" },
	{ "GET / \"x\"",
	    "2:8: an action (return, file, echo, redirect or seq) is missing where \"x\" stands\n" },
	{ "GET / delay 1s return 200",
	    "2:8: \"delay\" says how to answer, so it stands behind an action, such as return 200\n" },
	{ "GET / {",
	    "2:8: an action (return, file, echo, redirect or seq) is missing where \"{\" stands\n" },
	{ "GET / headr A = b return 200",
	    "2:8: an action (return, file, echo, redirect or seq) is missing where \"headr\" stands (\"header\" is meant?)\n" },
	{ "GET / header",
	    "2:14: a value is missing behind header, where the end of the line stands\n" },
	{ "GET / header A",
	    "2:16: one of = != ~ exists absent is missing behind header, where the end of the line stands\n" },
	{ "GET / header A = return 200",
	    "2:26: an action (return, file, echo, redirect or seq) is missing where \"200\" stands\n" },
	{ "GET / header A == b return 200",
	    "2:17: one of = != ~ exists absent is missing behind header, where \"==\" stands (\"=\" is meant?)\n" },
	{ "GET / header A exist return 200",
	    "2:17: one of = != ~ exists absent is missing behind header, where \"exist\" stands (\"exists\" is meant?)\n" },
	{ "GET / header A= b return 200",
	    "2:15: \"A=\" is no name of a field: put blanks around the =\n"
	    "2:18: one of = != ~ exists absent is missing behind header, where \"b\" stands\n" },
	{ "GET / header \"a b\" = b return 200",
	    "2:15: \"a b\" is no name of a field\n" },
	{ "GET / query = return 200",
	    "2:16: one of = != ~ exists absent is missing behind query, where \"return\" stands\n" },
	{ "GET / json a = 1 return 200",
	    "2:13: \"a\" is no JSON pointer: it begins with /, and ~0 is ~, ~1 is / in it, as in /user/name\n" },
	{ "GET / json /a~2 = 1 return 200",
	    "2:13: \"/a~2\" is no JSON pointer: it begins with /, and ~0 is ~, ~1 is / in it, as in /user/name\n" },
	{ "GET / body ~ \"(\" return 200",
	    "2:15: this is no regular expression: Unmatched ( or \\(\n" },
	{ "GET / body ~ \"[[:foo:]]\" return 200",
	    "2:15: this is no regular expression: Invalid character class name\n" },
	{ "GET / body ~ \"(a)\\\\1\" return 200",
	    "2:15: this is no regular expression: POSIX extended ones know no \\1 to \\9\n" },
	{ "GET / body ~ \"(a{100}){100}\" return 200",
	    "2:15: this is no regular expression: its repetitions come to more than 2000 characters\n" },
	{ "GET / times return 200",
	    "2:14: a number is missing behind times, where \"return\" stands\n" },
	{ "GET / times -1 return 200",
	    "2:14: a number is missing behind times, where \"-1\" stands\n" },
	{ "GET / times 1 times 2 return 200",
	    "2:16: times stands in this route twice\n" },
	{ "GET / p 2 return 200",
	    "2:10: \"2\" is no probability: a number from 0 to 1 is, as in 0.25\n" },
	{ "GET / p x return 200",
	    "2:10: a number from 0 to 1 is missing behind p, where \"x\" stands\n" },
	{ "GET / p .5 p .5 return 200",
	    "2:13: p stands in this route twice\n" },
	{ "GET / p \"0.5\" return 200",
	    "2:10: a number from 0 to 1 is missing behind p, where \"0.5\" stands\n" },
	{ "GET / return",
	    "2:14: a status is missing where the end of the line stands, as in return 200\n" },
	{ "GET / return \"x\"",
	    "2:15: a status is missing where \"x\" stands, as in return 200\n" },
	{ "GET / return 20",
	    "2:15: \"20\" is no status: those from 200 to 599 are\n" },
	{ "GET / return 199",
	    "2:15: \"199\" is no status of a final answer: those from 200 to 599 are\n" },
	{ "GET / return 600",
	    "2:15: \"600\" is no status: those from 200 to 599 are\n" },
	{ "GET / return 0200",
	    "2:15: \"0200\" is no status: those from 200 to 599 are\n" },
	{ "GET / return Created",
	    "2:15: \"Created\" is no status (201 is Created): three digits are, as in return 200\n" },
	{ "GET / return 205 \"x\"",
	    "2:19: an answer with status 205 never has a body: leave it out\n" },
	{ "GET / return 304 \"x\"",
	    "2:19: an answer with status 304 never has a body: leave it out\n" },
	{ "GET / return 200 x",
	    "2:19: \"x\" is no option: header, type, reason, delay, template and close are (a body stands in quotes)\n" },
	{ "GET / return 200 \"x\" \"y\"",
	    "2:23: \"y\" belongs to nothing: a body stands behind return and its status, a value behind its option\n" },
	{ "GET / return 200 delya 1s",
	    "2:19: \"delya\" is no option: header, type, reason, delay, template and close are (\"delay\" is meant?)\n" },
	{ "GET / return 200 times 3",
	    "2:19: \"times\" says when to answer, so it stands in front of the action\n" },
	{ "GET / return 200 return 201",
	    "2:19: a route has one action: several, each in its turn, stand in seq { }\n" },
	{ "GET / return 200 {",
	    "2:19: a { stands only behind host and seq\n" },
	{ "GET / return 200 = x",
	    "2:19: \"=\" is no option: header, type, reason, delay, template and close are (a body stands in quotes)\n" },
	{ "GET / file",
	    "2:12: a file's name in quotes is missing behind file, where the end of the line stands: file \"answer.json\"\n" },
	{ "GET / file x",
	    "2:13: a file's name in quotes is missing behind file, where \"x\" stands: file \"answer.json\"\n" },
	{ "GET / file \"\"",
	    "2:13: this text comes from no folder, so it can name no file\n" },
	{ "GET / file \"x\"",
	    "2:13: this text comes from no folder, so it can name no file\n" },
	{ "GET / redirect",
	    "2:16: a status is missing where the end of the line stands, as in redirect 302 /path\n" },
	{ "GET / redirect /x",
	    "2:17: \"/x\" is no status: three digits are, as in redirect 302 /path\n" },
	{ "GET / redirect 304 /x",
	    "2:17: 304 is no redirection: 301, 302, 303, 307 and 308 are\n" },
	{ "GET / redirect 301",
	    "2:20: a value is missing behind redirect, where the end of the line stands\n" },
	{ "GET / redirect 301 \"a\\nb\"",
	    "2:21: \"a\\x0ab\" has a control character, which no field of a head may have: leave it out\n" },
	{ "GET / seq",
	    "2:11: { is missing behind seq, where the end of the line stands\n" },
	{ "GET / seq { }",
	    "2:8: this seq is empty: an action, such as return 200, stands in it on each line\n" },
	{ "GET / seq {\n\t\tretrun 200\n\t\treturn 999\n\t} dlay 1s",
	    "3:3: an action (return, file, echo, redirect or seq) is missing where \"retrun\" stands (\"return\" is meant?)\n"
	    "4:10: \"999\" is no status: those from 200 to 599 are\n"
	    "5:4: \"dlay\" is no option: header, type, reason, delay, template and close are (\"delay\" is meant?)\n" },
	{ "GET / seq {\n\t\treturn 200",
	    "1:8: the } that belongs to this { is missing\n" },
	{ "GET / return 200 header",
	    "2:25: a value is missing behind header, where the end of the line stands\n" },
	{ "GET / return 200 header A",
	    "2:27: a value is missing behind the field's name, where the end of the line stands\n" },
	{ "GET / return 200 header A = b",
	    "2:28: a field to be sent has no = between name and value: header NAME VALUE\n" },
	{ "GET / return 200 header \"a b\" c",
	    "2:26: \"a b\" is no name of a field\n" },
	{ "GET / return 200 header A \"b\\x00\"",
	    "2:28: \"b\\x00\" has a control character, which no field of a head may have: leave it out\n" },
	{ "GET / return 200 header content-length 1",
	    "2:26: retortd writes \"content-length\" itself, as the body is\n" },
	{ "GET / return 200 header Transfer-Encoding chunked",
	    "2:26: retortd writes \"Transfer-Encoding\" itself, as the body is\n" },
	{ "GET / return 200 header Trailer x",
	    "2:26: retortd writes \"Trailer\" itself, as the body is\n" },
	{ "GET / return 200 header Connection close",
	    "2:26: retortd writes Connection itself: the option close closes it\n" },
	{ "GET / return 200 type",
	    "2:23: a value is missing behind type, where the end of the line stands\n" },
	{ "GET / return 200 type a type b",
	    "2:26: \"type\" stands here twice\n" },
	{ "GET / return 200 reason \"a\\nb\"",
	    "2:26: \"a\\x0ab\" has a control character, which no field of a head may have: leave it out\n" },
	{ "GET / return 200 close close",
	    "2:25: \"close\" stands here twice\n" },
	{ "GET / return 200 delay",
	    "2:24: a time is missing behind delay, where the end of the line stands: delay 250ms\n" },
	{ "GET / return 200 delay 5",
	    "2:25: \"5\" is no time: a number with us, ms, s or m is, as in 250ms or 1.5s\n" },
	{ "GET / return 200 delay s",
	    "2:25: \"s\" is no time: a number with us, ms, s or m is, as in 250ms or 1.5s\n" },
	{ "GET / return 200 delay 61m",
	    "2:25: \"61m\" is longer than an hour, which is the longest delay\n" },
	{ "GET / return 200 delay unifrom(1s,2s)",
	    "2:25: \"unifrom\" is no distribution of delays: uniform, normal and lognormal are (\"uniform\" is meant?)\n" },
	{ "GET / return 200 delay uniform(1s)",
	    "2:25: uniform takes two numbers with a comma between, as in uniform(100ms,200ms)\n" },
	{ "GET / return 200 delay uniform(1s,2s,3s)",
	    "2:25: uniform takes two numbers with a comma between, as in uniform(100ms,200ms)\n" },
	{ "GET / return 200 delay uniform(2s, 1s)",
	    "2:25: uniform begins with the shorter time: \"2s\" is longer than \"1s\"\n" },
	{ "GET / return 200 delay normal(1s,2",
	    "2:25: the ) of this delay is missing\n" },
	{ "GET / return 200 delay lognormal(1s,x)",
	    "2:25: \"x\" is no sigma of a lognormal distribution: a number such as 0.4 is\n" },
	{ "GET / return 200 delay \"1s\"",
	    "2:25: a time is missing behind delay, where \"1s\" stands: delay 250ms\n" },
	{ "GET / return 200 \"a",
	    "2:19: this string does not end on its line: close it, or put a text of several lines into a heredoc (<<WORD)\n" },
	{ "GET / return 200 \"a\\q\"",
	    "2:21: a backslash in \"...\" has \", \\, n, t or xHH behind it: write \\\\ for one of its own, or use '...'\n" },
	{ "GET / return 200 'a",
	    "2:19: this string does not end on its line: close it, or put a text of several lines into a heredoc (<<WORD)\n" },
	{ "GET / return 200 \"a\"close",
	    "2:22: this stands right behind a string: put a blank between\n" },
	{ "GET / return 200 <<",
	    "2:19: a word stands right behind <<, and ends the text below: <<EOF\n" },
	{ "GET / return 200 <<EOF",
	    "2:19: no line is just \"EOF\", which would end this text\n" },
	{ "GET / return 200 <<EOF\n EOF",
	    "2:19: no line is just \"EOF\", which would end this text: on line 3 are blanks beside it\n" },
	{ "GET $X return 200",
	    "2:6: no macro is named \"X\" above this line: define it there as in NAME = \"value\"\n" },
	{ "GET / return 200 \"\033[31m\" x\033[31m",
	    "2:27: \"x\\x1b[31m\" is no option: header, type, reason, delay, template and close are (a body stands in quotes)\n" },
	{ "get / return 200",
	    "2:2: warning: the method \"get\" is not the standard's \"GET\" (methods are case-sensitive)\n" },
	{ "GTE / return 200",
	    "2:2: warning: the method \"GTE\" is not the standard's \"GET\" (methods are case-sensitive)\n" },
	{ "GET / times 0 return 200",
	    "2:14: warning: a route that answers 0 times never answers\n" },
	{ "GET / redirect 302 /x header location /y",
	    "2:31: warning: this answer has \"location\" twice, and it should be there once\n" },
	{ "GET / return 200 header Date a header Set-Cookie b header Set-Cookie c header date d",
	    "2:80: warning: this answer has \"date\" twice, and it should be there once\n" },
	{ "GET / p 0 return 200",
	    "2:10: warning: a route that answers with probability 0 never answers\n" },
	{ "GET / return 200 \"x\" template",
	    "2:23: warning: no {name} stands in what this template is for\n" },
	{ "GET / return 200 \"x\" template header A {n}",
	    "" },
	{ "GET / seq {\n\t\treturn 200 \"x\" template\n\t\treturn 200 \"{n}\" template\n\t}",
	    "3:18: warning: no {name} stands in what this template is for\n" },
	{ "TRACE /x return 200",
	    "2:2: warning: TRACE is never answered here: it asks the server itself, which only the path * matches\n" },
	{ "GET / return 200\n\tGET / return 201",
	    "3:2: warning: this route is never reached: t:2:2 (GET /) answers whatever it would\n" },
	{ "GET / times 3 return 200\n\tGET / return 201",
	    "" },
};

/* clang-format on */

static struct routes *
parse(const char *text, struct diags *diags)
{
	return routes_parse("t", NULL, span_text(text), diags);
}

static const char *
text_of(struct buf *b)
{
	char *text = test_text("%.*s", (int)b->len, b->len > 0 ? b->data : "");

	buf_release(b);
	return text;
}

/* "LINE:COLUMN: sentence" for each. */
static const char *
said(const struct diags *diags)
{
	struct buf b = { .max = SIZE_MAX };
	const struct diag *d;

	for (d = diags->v; d != NULL && d < diags->v + diags->n; d++)
		buf_printf(&b, "%u:%u: %s%s\n", d->place.line, d->place.column,
		    d->level == DIAG_WARNING ? "warning: " : "", d->text);
	return text_of(&b);
}

static void
want_said(const char *text, const char *says)
{
	struct diags diags = { 0 };
	struct routes *t = parse(text, &diags);

	if (strcmp(said(&diags), says) != 0)
		test_fail(
		    "%s\nwanted:\n%s\ngot:\n%s", text, says, said(&diags));
	assert_true((t == NULL) == (diags.nerrors > 0));
	routes_unref(t);
	diags_release(&diags);
}

static void
says_what_is_wrong_outside_of_hosts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		want_said(outside[i].text, outside[i].says);
}

static void
says_what_is_wrong_with_routes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		want_said(test_text("host a {\n\t%s\n}\n", inside[i].text),
		    inside[i].says);
}

/* --- what is right ------------------------------------------------------- */

static void
show_span(struct buf *b, const char *before, struct span s)
{
	if (s.p != NULL)
		buf_printf(b, "%s%s", before, test_show(s.p, s.n));
}

static void
show_match(struct buf *b, const struct match *m)
{
	static const char *const kinds[] = {
#define X(name, word) word,
		MATCHES(X)
#undef X
	};
	static const char *const ops[] = {
#define X(name, word, has_value) word,
		MATCH_OPS(X)
#undef X
	};

	buf_printf(b, " %s", kinds[m->kind]);
	if (m->kind == MATCH_TIMES) {
		buf_printf(b, " %llu", (unsigned long long)m->times);
	} else if (m->kind == MATCH_P) {
		buf_printf(b, " %g", m->p);
	} else {
		show_span(b, " ", m->name);
		buf_printf(b, " %s", ops[m->op]);
		show_span(b, " ", m->value);
		assert_true((m->like != NULL) == (m->op == OP_LIKE));
	}
}

static void
show_action(struct buf *b, const struct action *a)
{
	static const char *const kinds[] = {
#define X(name, word) word,
		ACTIONS(X)
#undef X
	};
	size_t i;

	buf_printf(b, "; %s %d", kinds[a->kind], a->status);
	show_span(b, " ", a->body);
	show_span(b, " type=", a->type);
	show_span(b, " reason=", a->reason);
	for (i = 0; i < a->nfields; i++) {
		show_span(b, " ", a->fields[i].name);
		show_span(b, ": ", a->fields[i].value);
	}
	if (a->delay.kind != DELAY_NONE)
		buf_printf(b, " delay=%d,%g,%g", a->delay.kind, a->delay.a,
		    a->delay.b);
	buf_append_text(b, a->template ? " template" : "");
	buf_append_text(b, a->close ? " close" : "");
}

/* All that a route is, in a line. */
static const char *
show(const struct route *r)
{
	struct buf b = { .max = SIZE_MAX };
	size_t i;

	buf_printf(&b, "%u:%u ", r->place.line, r->place.column);
	route_append_methods(&b, r);
	buf_append_text(&b, " ");
	route_append_hosts(&b, r);
	show_span(&b, " ", r->path);
	buf_append_text(&b,
	    r->path_kind == PATH_ANY	       ? " any"
		: r->path_kind == PATH_PATTERN ? " pattern"
					       : "");
	buf_append_text(&b, r->wants_body ? " wants_body" : "");
	for (i = 0; i < r->nmatches; i++)
		show_match(&b, &r->matches[i]);
	for (i = 0; i < r->nactions; i++)
		show_action(&b, &r->actions[i]);
	return text_of(&b);
}

/* clang-format off */
static const struct {
	const char *text;
	const char *shown; /* the last route */
} good[] = {
	{ "host a { * * echo }", "1:10 * a * any wants_body; echo 200" },
	{ "host A.B.,*.C, * { GET / echo }",
	    "1:20 GET a.b,*.c,* / wants_body; echo 200" },
	{ "host [::1] , 127.0.0.1 { GET / return 200 }",
	    "1:26 GET ::1,127.0.0.1 /; return 200" },
	{ "host a {\n\tGET,HEAD , POST ,X-Y / return 200\n}\n",
	    "2:2 GET,HEAD,POST,X-Y a /; return 200" },
	{ "host a { HEAD / return 200 }", "1:10 HEAD a /; return 200" },
	{ "host a { HEAD,PUT / return 200 }",
	    "1:10 HEAD,PUT a /; return 200" },
	{ "host a { * / return 200 }", "1:10 * a /; return 200" },
	{ "host a { GET /a/./b/../%63%2f%20{ return 200 }", NULL },
	{ "host a { GET /a/./b/../%63%2f%20 return 200 }",
	    "1:10 GET a /a/c%2F ; return 200" },
	{ "host a { GET /{a}/b/{c...} return 200 }",
	    "1:10 GET a /{a}/b/{c...} pattern; return 200" },
	{ "host a { GET /%7Ba%7D return 200 }",
	    "1:10 GET a /{a}; return 200" },
	{ "host a { GET / header A-B = \"c d\" header e != '' return 200 }",
	    "1:10 GET a / header A-B = c d header e != ; return 200" },
	{ "host a { GET / query q ~ ^a{2}$ query r exists query s absent return 200 }",
	    "1:10 GET a / query q ~ ^a{2}$ query r exists query s absent; return 200" },
	{ "host a { GET / p .25 times 3 body = x json /a~1b/0 != 5 json \"\" exists return 200 }",
	    "1:10 GET a / wants_body body = x json /a~1b/0 != 5 json  exists times 3 p 0.25; return 200" },
	{ "host a { GET / header header = return return 200 }",
	    "1:10 GET a / header header = return; return 200" },
	{ "host a { GET / return 599 \"a\\n\\t\\\"\\\\\\x41\" type t/x reason 'R s' header A 'b\"' close }",
	    "1:10 GET a /; return 599 a\\n\\t\"\\A type=t/x reason=R s A: b\" close" },
	{ "host a { GET / return 200 'a\\n' }",
	    "1:10 GET a /; return 200 a\\n" },
	{ "host a { GET / redirect 308 /x?y=z#f header A b }",
	    "1:10 GET a /; redirect 308 /x?y=z#f A: b" },
	{ "host a { GET / return 200 delay 250ms }",
	    "1:10 GET a /; return 200 delay=1,250000,0" },
	{ "host a { GET / return 200 delay 1.5s }",
	    "1:10 GET a /; return 200 delay=1,1.5e+06,0" },
	{ "host a { GET / return 200 delay 60m }",
	    "1:10 GET a /; return 200 delay=1,3.6e+09,0" },
	{ "host a { GET / return 200 delay 7us }",
	    "1:10 GET a /; return 200 delay=1,7,0" },
	{ "host a { GET / return 200 delay uniform(1ms,2ms) }",
	    "1:10 GET a /; return 200 delay=2,1000,2000" },
	{ "host a { GET / return 200 delay normal( 1s , 10ms ) close }",
	    "1:10 GET a /; return 200 delay=3,1e+06,10000 close" },
	{ "host a { GET / return 200 delay lognormal(90ms,0.5) }",
	    "1:10 GET a /; return 200 delay=4,90000,0.5" },
	{ "host a { GET /{x} return 200 '{body}' template }",
	    "1:10 GET a /{x} pattern wants_body; return 200 {body} template" },
	{ "host a { GET / return 200 'x' header A {json./x} template }",
	    "1:10 GET a / wants_body; return 200 x A: {json./x} template" },
	{ "host a { GET /{x} return 200 '{x}' template }",
	    "1:10 GET a /{x} pattern; return 200 {x} template" },
	{ "host a {\n GET / seq {\n  return 503\n  return 200 'b' header B c type x\n  echo\n } header A d type y delay 1s close\n}",
	    "2:2 GET a / wants_body; return 503 type=y A: d delay=1,1e+06,0 close"
	    "; return 200 b type=x B: c A: d delay=1,1e+06,0 close"
	    "; echo 200 type=y A: d delay=1,1e+06,0 close" },
	{ "host a { GET / seq { return 200 } }", "1:10 GET a /; return 200" },
	{ "host a {\n GET / seq {\n seq {\n return 201\n return 202\n } reason a\n return 203\n } reason b\n}",
	    "2:2 GET a /; return 201 reason=a; return 202 reason=a; return 203 reason=b" },
	{ "host a {\nGET / return 200 <<END type x\none\n\ttwo\n END\nEND\n}",
	    "2:1 GET a /; return 200 one\\n\\ttwo\\n END\\n type=x" },
	{ "host a {\nGET / return 200 <<END\nEND\nGET /b return 201\n}",
	    "4:1 GET a /b; return 201" },
	{ "host a {\nGET / seq {\nreturn 200 <<A\na\nA\nreturn 201 <<B }\nb\nB\n}",
	    "2:1 GET a /; return 200 a\\n; return 201 b\\n" },
	{ "host a {\nGET / return 200 <<A \\\na\nA\n\ttype x\n}",
	    "2:1 GET a /; return 200 a\\n type=x" },
	{ "host a {\r\nGET / return 200 <<A\r\na\r\nA\r\nGET /b return 201 \\\r\n'b'\r\n}\r\n",
	    "5:1 GET a /b; return 201 b" },
	{ "host a { # b {\n # c\nGET / \\\n\treturn \\\n\t200 # d\n}",
	    "3:1 GET a /; return 200" },
	{ "host a { GET /a#b return 200 }", NULL },
	{ "M = GET,PUT\nB = /api\nT = 'a b'\nhost a {\n$M $B/x$B header A = $T return 200 $T header C x-$B\n}",
	    "5:1 GET,PUT a /api/x/api header A = a b; return 200 a b C: x-/api" },
	{ "A = b\nB = $A$A\nhost $B.c { GET / return 200 '$A' header A \"$A\" header B $ }",
	    "3:13 GET bb.c /; return 200 $A A: $A B: $" },
	{ "host = host\nhost $host { GET /host return 200 }",
	    "2:14 GET host /host; return 200" },
	{ "\xef\xbb\xbfhost a { GET / return 200 }", "1:10 GET a /; return 200" },
	{ "host a { GET /한글 return 200 \"한글\" } host b { PUT /한 return 200 }",
	    "1:45 PUT b /\\xed\\x95\\x9c; return 200" },
	{ "host a { GET / return 200 } set seed 7 unmatched 400 host b { GET / return 200 }",
	    NULL },
};
/* clang-format on */

static void
want_shown(const char *text, const char *shown)
{
	struct diags diags = { 0 };
	struct routes *t = parse(text, &diags);

	if ((t == NULL) != (shown == NULL))
		test_fail("%s\n%s", text, said(&diags));
	if (t != NULL && strcmp(show(t->v[t->n - 1]), shown) != 0)
		test_fail("%s\nwanted: %s\ngot:    %s", text, shown,
		    show(t->v[t->n - 1]));
	if (t != NULL && diags.n > 0)
		test_fail("%s\n%s", text, said(&diags));
	routes_unref(t);
	diags_release(&diags);
}

static void
reads_each_production(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		want_shown(good[i].text, good[i].shown);
}

static struct routes *
parse_good(const char *text)
{
	struct diags diags = { 0 };
	struct routes *t = parse(text, &diags);

	if (t == NULL)
		test_fail("%s\n%s", text, said(&diags));
	diags_release(&diags);
	return t;
}

static void
takes_what_is_for_every_host(void **state)
{
	struct routes *t =
	    parse_good("set seed 7\n\nunmatched 418 \"no\\n\"\n");

	(void)state;
	assert_int_equal(t->n, 0);
	assert_int_equal(t->seed, 7);
	assert_int_equal(t->unmatched, 418);
	assert_int_equal(t->unmatched_place.line, 3);
	assert_true(span_is(t->unmatched_body, "no\n"));
	assert_string_equal(t->file, "t");
	assert_int_equal(t->nbeneath, 0);
	routes_unref(t);
	t = parse_good("");
	assert_int_equal(t->unmatched, 0);
	assert_null(t->unmatched_body.p);
	routes_unref(t);
}

static void
keeps_the_statement_as_one_line(void **state)
{
	struct routes *t =
	    parse_good("host a {\n"
		       "  GET ,PUT\t/x   return \\\n 200  \"a  b\"  # c\n"
		       "  GET / seq {\n return 200\n\n return 201 <<E close\n"
		       "E\n }  delay  1s\n"
		       "}\n");

	(void)state;
	assert_true(span_is(t->v[0]->text, "GET ,PUT /x return 200 \"a  b\""));
	assert_true(span_is(t->v[1]->text,
	    "GET / seq { return 200 return 201 <<E close } delay 1s"));
	routes_unref(t);
}

/* --- answers that are ready ---------------------------------------------- */

#define BLANK "                             "
#define DATE  "Date: " BLANK "\r\n"
#define PLAIN "Content-Type: text/plain; charset=utf-8\r\n"

static void
want_ready(const char *route, enum persist persist, const char *bytes,
    unsigned content)
{
	struct routes *t = parse_good(test_text("host a { %s }", route));
	const struct action *a = &t->v[0]->actions[0];
	const struct rendered *r = &a->ready[persist];

	if (!span_is(r->bytes, bytes))
		test_fail("%s\n%s", route, test_show(r->bytes.p, r->bytes.n));
	assert_int_equal(r->content, content);
	assert_int_equal(r->status, a->status);
	if (r->date_at > 0)
		assert_memory_equal(
		    r->bytes.p + r->date_at - 6, "Date: " BLANK, 6 + DATE_LEN);
	routes_unref(t);
}

static void
has_answers_ready(void **state)
{
	(void)state;
	want_ready("GET / return 200", PERSIST_IMPLIED,
	    "HTTP/1.1 200 OK\r\n" DATE "Content-Length: 0\r\n\r\n", 0);
	want_ready("GET / return 201 'ab'", PERSIST_SAID,
	    "HTTP/1.1 201 Created\r\n" DATE "Connection: keep-alive\r\n" PLAIN
	    "Content-Length: 2\r\n\r\nab",
	    2);
	want_ready("GET / return 200 'ab' type t/x reason Fine close",
	    PERSIST_SAID,
	    "HTTP/1.1 200 Fine\r\n" DATE "Connection: close\r\n"
	    "Content-Type: t/x\r\nContent-Length: 2\r\n\r\nab",
	    2);
	want_ready("GET / return 200 'a' header Date x header content-type y "
		   "header B c",
	    PERSIST_NOT,
	    "HTTP/1.1 200 OK\r\nConnection: close\r\nDate: x\r\n"
	    "content-type: y\r\nB: c\r\nContent-Length: 1\r\n\r\na",
	    1);
	want_ready("GET / return 204", PERSIST_IMPLIED,
	    "HTTP/1.1 204 No Content\r\n" DATE "\r\n", 0);
	want_ready("GET / redirect 301 /x", PERSIST_IMPLIED,
	    "HTTP/1.1 301 Moved Permanently\r\n" DATE
	    "Location: /x\r\nContent-Length: 0\r\n\r\n",
	    0);
	want_ready("GET / return 426 header Upgrade h2c", PERSIST_IMPLIED,
	    "HTTP/1.1 426 Upgrade Required\r\n" DATE
	    "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n"
	    "\r\n",
	    0);
	want_ready("GET / return 426 header Upgrade h2c", PERSIST_NOT,
	    "HTTP/1.1 426 Upgrade Required\r\n" DATE
	    "Connection: close, Upgrade\r\nUpgrade: h2c\r\n"
	    "Content-Length: 0\r\n\r\n",
	    0);
	want_ready("HEAD,GET / return 200 'ab'", PERSIST_IMPLIED,
	    "HTTP/1.1 200 OK\r\n" DATE PLAIN "Content-Length: 2\r\n\r\nab", 2);
	want_ready("HEAD,PUT / return 200 'ab'", PERSIST_IMPLIED,
	    "HTTP/1.1 200 OK\r\n" DATE PLAIN "Content-Length: 2\r\n\r\nab", 2);
}

static void
has_no_answer_ready_that_differs(void **state)
{
	struct routes *t =
	    parse_good("host a {\nGET /{x} return 200 '{x}' template\n"
		       "GET / echo\n}\n");

	(void)state;
	assert_null(t->v[0]->actions[0].ready[PERSIST_IMPLIED].bytes.p);
	assert_null(t->v[1]->actions[0].ready[PERSIST_IMPLIED].bytes.p);
	assert_true(t->wants_body);
	routes_unref(t);
}

static void
has_the_seeds_table_compiled_in(void **state)
{
	struct routes *t = builtin_load();

	(void)state;
	assert_non_null(t);
	assert_int_equal(t->n, 4);
	assert_int_equal(t->unmatched, 400);
	assert_null(t->unmatched_body.p);
	assert_string_equal(t->file, "builtin");
	assert_string_equal(show(t->v[1]),
	    "4:2 POST test.com /create; return 201 POST test.com/create is "
	    "right: created.\\n");
	routes_unref(t);
}

/* --- diagnostics --------------------------------------------------------- */

static const char *
appended(struct diags *diags)
{
	struct buf b = { .max = SIZE_MAX };

	assert_true(diags_append(&b, diags));
	diags_release(diags);
	return text_of(&b);
}

static void
want_appended(const char *text, const char *wanted)
{
	struct diags diags = { 0 };
	struct routes *t = parse(text, &diags);
	const char *got = appended(&diags);

	routes_unref(t);
	if (strcmp(got, wanted) != 0)
		test_fail("wanted:\n%s\ngot:\n%s", wanted, got);
}

static void
points_with_a_caret(void **state)
{
	(void)state;
	want_appended("host a {\n\tGET\t/ x\n}\n",
	    "t:2:8: an action (return, file, echo, redirect or seq) is missing "
	    "where \"x\" stands\n"
	    "\tGET\t/ x\n"
	    "\t   \t  ^\n");
	want_appended("host a { GET /한글 y }",
	    "t:1:18: an action (return, file, echo, redirect or seq) is "
	    "missing where \"y\" stands\n"
	    "host a { GET /한글 y }\n"
	    "                   ^\n");
	want_appended("host \033a { GET / return 200 }",
	    "t:1:6: \"\\x1ba\" is no name of a host: letters, digits, dots "
	    "and hyphens are, or * for any\n"
	    "host \\x1ba { GET / return 200 }\n"
	    "     ^\n");
	want_appended("host a { get / return 200 }",
	    "t:1:10: warning: the method \"get\" is not the standard's \"GET\" "
	    "(methods are case-sensitive)\n"
	    "host a { get / return 200 }\n"
	    "         ^\n");
}

static void
cuts_long_lines(void **state)
{
	char line[1000];
	struct diags diags = { 0 };

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "X = ", 4);
	memcpy(line + 600, " 2 ", 4);
	memset(line + 603, 'y', sizeof(line) - 604);
	line[sizeof(line) - 1] = '\0';
	assert_null(parse(line, &diags));
	assert_int_equal(diags.n, 1);
	assert_int_equal(diags.v[0].place.column, 602);
	assert_int_equal(diags.v[0].caret, 123);
	assert_int_equal(diags.v[0].line[123], '2');
	assert_true(strlen(diags.v[0].line) < 300);
	assert_memory_equal(diags.v[0].line, "...xx", 5);
	diags_release(&diags);
}

/* Errors are not crowded out by warnings. */
static void
counts_what_it_does_not_show(void **state)
{
	struct buf b = { .max = SIZE_MAX };
	struct diags diags = { 0 };
	int i;

	(void)state;
	buf_append_text(&b, "host a {\n");
	for (i = 0; i < 2 * LIMIT_DIAGS; i++)
		buf_printf(&b, "get /%d return 200\n", i);
	buf_append_text(&b, "}\nx y\n");
	assert_null(routes_parse("t", NULL, buf_span(&b), &diags));
	buf_release(&b);
	assert_int_equal(diags.n, LIMIT_DIAGS);
	assert_int_equal(diags.nerrors, 1);
	assert_int_equal(diags.nomitted, LIMIT_DIAGS + 1);
	assert_int_equal(diags.v[LIMIT_DIAGS - 1].level, DIAG_ERROR);
	assert_non_null(
	    strstr(appended(&diags), "101 more like these are not shown.\n"));
}

/* --- routes never reached ------------------------------------------------ */

/* clang-format off */
static const struct {
	const char *first, *second;
	bool reached;
} pairs[] = {
	{ "GET /", "GET /", false },
	{ "GET /", "GET /x", true },
	{ "GET /", "PUT /", true },
	{ "* /", "PUT /", false },
	{ "GET /", "* /", true },
	{ "GET,PUT /", "PUT,GET /", false },
	{ "GET /", "PUT,GET /", true },
	{ "* *", "GET /{a}", false },
	{ "* *", "OPTIONS *", false },
	{ "* /{a...}", "OPTIONS *", true },
	{ "GET /{a}", "GET /x", false },
	{ "GET /{a}", "GET /{b}", false },
	{ "GET /{a}", "GET /", true },
	{ "GET /x", "GET /{a}", true },
	{ "GET /{a}", "GET /{b...}", true },
	{ "GET /{a...}", "GET /", false },
	{ "GET /{a...}", "GET /x/{b}/", false },
	{ "GET /x/{a...}", "GET /x", true },
	{ "GET /x/{a...}", "GET /x/", false },
	{ "GET /{a}/{b...}", "GET /x/{c...}", false },
	{ "GET /x/{b...}", "GET /{c}/{d...}", true },
	{ "GET / times 1", "GET /", true },
	{ "GET / p .5", "GET /", true },
	{ "GET /", "GET / times 1", false },
	{ "GET / query a = b", "GET /", true },
	{ "GET /", "GET / query a = b", false },
	{ "GET / query a = b", "GET / query a = b", false },
	{ "GET / query a = b", "GET / query A = b", true },
	{ "GET / header a = b", "GET / header A = b p .5", false },
	{ "GET / query a = b", "GET / query a = c", true },
	{ "GET / query a = b", "GET / query a != b", true },
	{ "GET / body exists json /a = 1", "GET / json /a = 1 body exists", false },
	{ "GET / body exists", "GET / body absent", true },
};
/* clang-format on */

static void
warns_of_routes_never_reached(void **state)
{
	struct diags diags;
	struct routes *t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		diags = (struct diags){ 0 };
		t = parse(test_text("host a {\n%s return 200\n%s return 201\n}",
			      pairs[i].first, pairs[i].second),
		    &diags);
		if (t == NULL || (diags.n == 0) != pairs[i].reached)
			test_fail("%s, then %s:\n%s", pairs[i].first,
			    pairs[i].second, said(&diags));
		routes_unref(t);
		diags_release(&diags);
	}
}

static void
warns_by_hosts_too(void **state)
{
	(void)state;
	want_said("host *.b { GET / return 200 }\n"
		  "host a.b, b { GET / return 200 }\n"
		  "host a.b { GET / return 200 }\n"
		  "host c.a.b, *.a.b { GET / return 200 }\n"
		  "host * { GET / return 200 }\n"
		  "host x, *.y, * { GET / return 200 }\n",
	    "3:12: warning: this route is never reached: t:2:15 (GET /) "
	    "answers whatever it would\n"
	    "4:21: warning: this route is never reached: t:1:12 (GET /) "
	    "answers whatever it would\n"
	    "6:18: warning: this route is never reached: t:5:10 (GET /) "
	    "answers whatever it would\n");
	want_said("host a { GET / return 200 }\n"
		  "host a { PUT / return 200 }\n"
		  "host a { PUT,GET / return 200 }\n",
	    "3:10: warning: this route is never reached: t:2:10 (PUT /) "
	    "answers whatever it would\n");
}

/* --- files --------------------------------------------------------------- */

static void
put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static const char *
in(const char *folder, const char *name)
{
	return test_text("%s/%s", folder, name);
}

static void
reads_what_is_included(void **state)
{
	const char *folder = test_folder();
	struct diags diags = { 0 };
	struct routes *t;

	(void)state;
	assert_int_equal(mkdir(in(folder, "sub"), 0700), 0);
	put_file(in(folder, "main.conf"),
	    "A = a\ninclude \"sub/more.conf\"\n"
	    "host $B { GET /2 return 200 }\n");
	put_file(in(folder, "sub/more.conf"),
	    "B = b\nhost $A { GET /1 file \"x.txt\" }\n"
	    "include \"../last.conf\"");
	put_file(in(folder, "last.conf"), "host c { GET /3 return 200 }");
	put_file(in(folder, "sub/x.txt"), "x");
	t = routes_load(in(folder, "main.conf"), &diags);
	if (t == NULL)
		test_fail("%s", said(&diags));
	assert_int_equal(t->n, 3);
	assert_string_equal(t->v[0]->place.file, in(folder, "sub/more.conf"));
	assert_int_equal(t->v[0]->place.line, 2);
	assert_true(span_is(t->v[0]->actions[0].body, in(folder, "sub/x.txt")));
	assert_string_equal(
	    t->v[1]->place.file, in(folder, "sub/../last.conf"));
	assert_string_equal(t->v[2]->place.file, in(folder, "main.conf"));
	assert_int_equal(t->nbeneath, 3);
	assert_string_equal(t->beneath[0], in(folder, ""));
	assert_string_equal(t->beneath[1], in(folder, "sub/"));
	assert_string_equal(t->beneath[2], in(folder, "sub/../"));
	routes_unref(t);
	diags_release(&diags);
}

static void
want_load_said(const char *folder, const char *name, const char *says)
{
	struct diags diags = { 0 };
	struct routes *t = routes_load(in(folder, name), &diags);

	if (t != NULL || strcmp(said(&diags), says) != 0)
		test_fail("%s:\n%s", name, said(&diags));
	diags_release(&diags);
}

static void
says_why_a_file_cannot_be_read(void **state)
{
	const char *folder = test_folder();

	(void)state;
	want_load_said(folder, "none.conf",
	    test_text("0:0: \"%s\" cannot be opened: No such file or "
		      "directory\n",
		in(folder, "none.conf")));
	want_load_said(folder, ".",
	    test_text(
		"0:0: \"%s\" is a folder, not a file\n", in(folder, ".")));
	put_file(in(folder, "a"),
	    "include \"none\"\nhost a {\n"
	    "GET / file \"none\"\nGET /a file '.'\n"
	    "GET /b file ''\nGET /c file \"a\\x00\"\n}\n");
	want_load_said(folder, "a",
	    test_text("1:9: \"%s\" cannot be opened: No such file or "
		      "directory\n"
		      "3:12: \"%s\" cannot be opened: No such file or "
		      "directory\n"
		      "4:13: \"%s\" is a folder, not a file\n"
		      "5:13: a file's name is not empty\n"
		      "6:13: a file's name has no NUL\n",
		in(folder, "none"), in(folder, "none"), in(folder, ".")));
}

static void
names_loops(void **state)
{
	const char *folder = test_folder();
	int i;

	(void)state;
	put_file(in(folder, "a"), "include \"b\"\n");
	put_file(in(folder, "b"), "\n include \"./a\"\n");
	want_load_said(folder, "a",
	    test_text("2:10: \"%s\" is being read already: a file cannot "
		      "include itself, nor one that includes it\n",
		in(folder, "./a")));
	for (i = 0; i <= LIMIT_INCLUDES; i++)
		put_file(in(folder, test_text("%d", i)),
		    test_text("include \"%d\"\n", i + 1));
	want_load_said(folder, "0",
	    test_text("1:9: files include one another more than %d deep here\n",
		LIMIT_INCLUDES));
}

static void
has_a_ceiling(void **state)
{
	const char *folder = test_folder();
	const char *path = in(folder, "big");

	(void)state;
	put_file(path, "");
	assert_int_equal(truncate(path, LIMIT_ROUTES_FILE + 1), 0);
	want_load_said(folder, "big",
	    "0:0: routes of more than 16 MiB, with all that is included, are "
	    "not read\n");
	put_file(in(folder, "two"), "include \"half\"\ninclude \"half\"\n");
	put_file(in(folder, "half"), "#");
	assert_int_equal(
	    truncate(in(folder, "half"), LIMIT_ROUTES_FILE / 2), 0);
	want_load_said(folder, "two",
	    "2:9: routes of more than 16 MiB, with all that is included, are "
	    "not read\n");
}

/* --- -t ------------------------------------------------------------------ */

/* What check_routes writes to one of its descriptors. */
static int
checked(const char *path, int to, const char **says)
{
	const char *file = in(test_folder(), "out");
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int saved = dup(to), code;
	char text[4096];
	ssize_t n;

	fflush(NULL);
	dup2(fd, to);
	code = check_routes(path);
	fflush(NULL);
	dup2(saved, to);
	close(saved);
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	*says = test_text("%.*s", (int)n, text);
	return code;
}

static void
checks_a_file(void **state)
{
	const char *folder = test_folder(), *path = in(folder, "r.conf"), *says;

	(void)state;
	assert_int_equal(checked(NULL, STDOUT_FILENO, &says), 0);
	assert_string_equal(says, builtin_text);
	put_file(path,
	    "host a, b {\nGET / return 200\n}\nhost b, *.b {\n"
	    "GET / return 200\n}\n");
	assert_int_equal(checked(path, STDOUT_FILENO, &says), 0);
	assert_string_equal(
	    says, test_text("%s: 2 routes for 3 hosts, no errors\n", path));
	put_file(path, "host a { get / return 200 }\n");
	assert_int_equal(checked(path, STDOUT_FILENO, &says), 0);
	assert_string_equal(says,
	    test_text("%s: 1 route for 1 host, no errors, 1 warning\n", path));
	put_file(path, "host a { get / return 2000 }\nx y\n");
	assert_int_equal(checked(path, STDERR_FILENO, &says), 1);
	assert_non_null(strstr(says, "r.conf:1:23: \"2000\" is no status"));
	assert_non_null(strstr(says, "r.conf:2:1: \"x\" begins no"));
	assert_non_null(strstr(says, "r.conf: 2 errors\n"));
}

/* --- a reload ------------------------------------------------------------ */

static void
carries_counters_over(void **state)
{
	struct routes *old = parse_good("host a {\nGET /1 times 9 return 200\n"
					"GET /2 times 9 return 200\n"
					"GET /2  times 9 return 200\n}\n"
					"host b { GET /1 times 9 return 200 }");
	struct routes *t = parse_good("host b { GET /1 times 9 return 200 }\n"
				      "host a {\nGET /2 times  9 return 200\n"
				      "GET /3 times 9 return 200\n"
				      "GET /2 times 9 return 200\n"
				      "GET /2 times 9 return 200\n}");
	size_t i;

	(void)state;
	for (i = 0; i < old->n; i++)
		old->v[i]->taken = i + 1;
	assert_true(routes_carry(t, old));
	assert_int_equal(t->v[0]->taken, 4);
	assert_int_equal(t->v[1]->taken, 2);
	assert_int_equal(t->v[2]->taken, 0);
	assert_int_equal(t->v[3]->taken, 3);
	assert_int_equal(t->v[4]->taken, 0);
	routes_unref(routes_ref(t));
	routes_unref(t);
	routes_unref(old);
	routes_unref(NULL);
}

/* --- much, and little ---------------------------------------------------- */

static const char rich[] =
    "BASE = /api # macro\n"
    "TEXT = \"long \\x41 text\"\n"
    "set seed 5\n"
    "unmatched 404 $TEXT\n"
    "host test.com, *.test.com,\\\n\t*.b {\n"
    "	GET,HEAD $BASE/{id}/x header A ~ \"^(a|b){2,3}$\" times 3 p 0.5 "
    "return 200 <<EOF template type \"a/b\" delay uniform(1ms, 2ms)\n"
    "{ \"id\": \"{id}\" }\n"
    "EOF\n"
    "	POST /a json /x = 1 query q != 'v w' body exists seq {\n"
    "		return 503 \"no\" header Retry-After 1\n"
    "		redirect 302 /x\n"
    "		echo\n"
    "	} header B c close delay lognormal(9ms,0.5)\n"
    "	* /{rest...} return 200 $TEXT reason Fine\n"
    "	GET /never return 200\n"
    "}\n"
    "host * {\n"
    "	TRACE * echo\n"
    "}\n";

/* Each allocation failed in turn: an error, and nothing is left behind. */
static void
is_none_without_memory(void **state)
{
	struct diags diags;
	struct routes *t;
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		diags = (struct diags){ 0 };
		oom_after(++n);
		t = parse(rich, &diags);
		failed = oom_off();
		if ((t == NULL) != failed || diags.no_memory != failed)
			test_fail("allocation %zu: %s", n, said(&diags));
		if (failed)
			assert_non_null(strstr(appended(&diags),
			    "There is no memory for the routes.\n"));
		routes_unref(t);
		diags_release(&diags);
	} while (failed);
	assert_true(n > 20);
}

static void
has_faults_without_memory(void **state)
{
	const char *text = test_text("%s\nx y\nhost z { get / retrun }", rich);
	struct diags diags;
	struct routes *t;
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		diags = (struct diags){ 0 };
		oom_after(++n);
		t = parse(text, &diags);
		failed = oom_off();
		assert_null(t);
		assert_true(diags.nerrors > 0);
		assert_true(diags.no_memory == failed);
		diags_release(&diags);
	} while (failed);
}

static void
loads_files_without_memory(void **state)
{
	const char *folder = test_folder(), *path = in(folder, "main.conf");
	struct diags diags;
	struct routes *t;
	size_t n = 0;
	bool failed;

	(void)state;
	put_file(path, "include \"more.conf\"\nhost a { GET / file \"x\" }\n");
	put_file(in(folder, "more.conf"), rich);
	put_file(in(folder, "x"), "x");
	do {
		diags = (struct diags){ 0 };
		oom_after(++n);
		t = routes_load(path, &diags);
		failed = oom_off();
		assert_true((t == NULL) == failed);
		assert_true(diags.no_memory == failed);
		routes_unref(t);
		diags_release(&diags);
	} while (failed);
}

static void
carries_nothing_without_memory(void **state)
{
	struct routes *old = parse_good(rich), *t = parse_good(rich);
	size_t n = 0;
	bool failed;

	(void)state;
	do {
		oom_after(++n);
		assert_true(routes_carry(t, old) == !oom_off());
		oom_after(n);
		routes_carry(t, old);
		failed = oom_off();
	} while (failed);
	routes_unref(t);
	routes_unref(old);
}

static void
loads_ten_thousand_in_no_time(void **state)
{
	struct buf b = { .max = SIZE_MAX };
	struct diags diags = { 0 };
	struct routes *t;
	int64_t began;
	int i;

	(void)state;
	buf_append_text(&b, "host test.com {\n");
	for (i = 0; i < 10000; i += 5)
		buf_printf(&b,
		    "GET /literal/%d return 200 \"%d\"\n"
		    "GET /named/%d/{id} return 200 \"%d\"\n"
		    "PUT /matched header X = %d return 200\n"
		    "GET /same return 200\n"
		    "GET /{a}/%d/{b...} return 200\n",
		    i, i, i, i, i, i);
	buf_append_text(&b, "}\n");
	began = test_now();
	t = routes_parse("t", NULL, buf_span(&b), &diags);
	began = test_now() - began;
	assert_non_null(t);
	assert_int_equal(t->n, 10000);
	assert_int_equal(diags.n + diags.nomitted, 1999);
	if (began > 2000)
		test_fail("it took %d ms", (int)began);
	routes_unref(t);
	diags_release(&diags);
	buf_release(&b);
}

/* --- mutations ----------------------------------------------------------- */

static uint64_t chance_state = 42;

static size_t
chance(size_t n)
{
	chance_state = chance_state * 6364136223846793005 + 1442695040888963407;
	return (size_t)(chance_state >> 33) % n;
}

static void
replace(struct buf *b, size_t at, size_t n, const char *by, size_t len)
{
	struct buf to = { .max = SIZE_MAX };

	assert_true(buf_append(&to, b->data, at) && buf_append(&to, by, len) &&
	    buf_append(&to, b->data + at + n, b->len - at - n));
	buf_release(b);
	*b = to;
}

static void
mutate(struct buf *b)
{
	static const char *const words[] = { "{", "}", "\n", "\"", "'", "\\",
		"#", "$", "<<EOF", "host", "seq {", " return ", "200", "999",
		"times", "header", " = ", "~", "(", "{x}", "/", ",", "*", "\t",
		"$BASE", "template", "delay", "p", "\xff", "\x1b", "include",
		"set seed", "unmatched", "\r\n", "", " " };
	size_t at = chance(b->len),
	       n = chance(b->len - at < 20 ? b->len - at + 1 : 20);
	const char *word = words[chance(sizeof(words) / sizeof(words[0]))];
	char byte = (char)chance(256);

	switch (chance(6)) {
	case 0:
		replace(b, at, 1, &byte, 1);
		break;
	case 1:
		replace(b, at, n, "", 0);
		break;
	case 2:
		replace(b, at, 0, word, strlen(word));
		break;
	case 3:
		replace(b, at, n, word, strlen(word));
		break;
	case 4: {
		char some[20];
		size_t from = chance(b->len - n + 1);

		memcpy(some, b->data + from, n);
		replace(b, at, 0, some, n);
		break;
	}
	default:
		b->len = at + 1;
		break;
	}
}

static size_t
lines(struct span s)
{
	size_t n = 1, i;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* How many of them were bad. */
static size_t
survive(const char *text, const char *folder, size_t times)
{
	struct buf b = { .max = SIZE_MAX };
	struct diags diags;
	struct routes *t;
	size_t bad = 0, i, k;

	while (times-- > 0) {
		b.len = 0;
		buf_append_text(&b, text);
		for (i = 1 + chance(3); i > 0 && b.len > 0; i--)
			mutate(&b);
		diags = (struct diags){ 0 };
		t = routes_parse("t", folder, buf_span(&b), &diags);
		assert_true((t == NULL) == (diags.nerrors > 0));
		assert_true(diags.nerrors <= diags.n + diags.nomitted);
		for (k = 0; k < diags.n; k++) {
			assert_true(diags.v[k].place.line >= 1 &&
			    diags.v[k].place.column >= 1);
			if (folder == NULL)
				assert_true(diags.v[k].place.line <=
				    lines(buf_span(&b)));
		}
		bad += t == NULL;
		routes_unref(t);
		appended(&diags);
	}
	buf_release(&b);
	return bad;
}

static void
survives_a_thousand_mutations(void **state)
{
	size_t bad = survive(rich, NULL, 1000);

	(void)state;
	assert_true(bad > 300 && bad < 1000);
}

/* Those that the manual shows. */
static void
survives_mutations_of_the_examples(void **state)
{
	static const char examples[] = TESTS "/../server/examples";
	size_t bad, i;
	glob_t found;

	(void)state;
	if (glob(test_text("%s/*.conf", examples), 0, NULL, &found) != 0)
		test_fail("%s holds no example", examples);
	for (i = 0; i < found.gl_pathc; i++) {
		bad =
		    survive(cases_bytes(found.gl_pathv[i]).data, examples, 200);
		if (bad < 20 || bad == 200)
			test_fail("%s: %zu of 200", found.gl_pathv[i], bad);
	}
	globfree(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_teardown(test, test_end)
		T(says_what_is_wrong_outside_of_hosts),
		T(says_what_is_wrong_with_routes),
		T(reads_each_production),
		T(takes_what_is_for_every_host),
		T(keeps_the_statement_as_one_line),
		T(has_answers_ready),
		T(has_no_answer_ready_that_differs),
		T(has_the_seeds_table_compiled_in),
		T(points_with_a_caret),
		T(cuts_long_lines),
		T(counts_what_it_does_not_show),
		T(warns_of_routes_never_reached),
		T(warns_by_hosts_too),
		T(reads_what_is_included),
		T(says_why_a_file_cannot_be_read),
		T(names_loops),
		T(has_a_ceiling),
		T(checks_a_file),
		T(carries_counters_over),
		T(is_none_without_memory),
		T(has_faults_without_memory),
		T(loads_files_without_memory),
		T(carries_nothing_without_memory),
		T(loads_ten_thousand_in_no_time),
		T(survives_a_thousand_mutations),
		T(survives_mutations_of_the_examples),
#undef T
	};

	return cmocka_run_group_tests_name("routes_file", tests, NULL, NULL);
}
