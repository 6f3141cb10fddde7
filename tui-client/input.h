/*
 * What a terminal sends, taken apart: bytes and the time go in, keys, clicks
 * and pastes come out.  Any split of the bytes over reads gives the same
 * events.  A sequence that nobody knows gives none, whatever its letters.
 */
#ifndef RETORT_INPUT_H
#define RETORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum {
	INPUT_SEQUENCE_MAX = 32, /* a longer one is unknown */
	INPUT_OWN_MAX = 32,

	/* Milliseconds without a byte. */
	INPUT_ESCAPE = 25,    /* then Esc was the key */
	INPUT_SEQUENCE = 250, /* then a sequence is given up */
	INPUT_PASTE = 1000,   /* then a paste is over without its end */
};

enum mouse {
	MOUSE_PRESS,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN
};

enum input_kind {
	INPUT_IS_KEY,
	INPUT_IS_MOUSE,
	INPUT_IS_PASTE,
	INPUT_IS_LONG_PASTE, /* one that does not fit; nothing of it is kept */
};

struct input_event {
	enum input_kind kind;
	uint32_t key;	  /* as in keymap.h */
	enum mouse mouse; /* with its cell, from 0 */
	int y;
	int x;
	struct span paste; /* any bytes; good until the next call */
};

enum input_state {
	INPUT_GROUND,
	INPUT_CHARACTER, /* the first bytes of one in UTF-8 */
	INPUT_ESC,
	INPUT_CSI,	  /* ESC [ */
	INPUT_SS3,	  /* ESC O */
	INPUT_STRING,	  /* ESC ] and ESC P: what a terminal tells of itself */
	INPUT_STRING_END, /* ESC in it */
	INPUT_X10,	  /* ESC [ M: three bytes of a click follow */
	INPUT_PASTING,
	INPUT_PASTE_TAIL, /* a paste was given up within its end mark */
};

struct input {
	enum input_state state;
	struct span bytes; /* not looked at yet */
	int64_t since;	   /* when they came; nanoseconds */
	bool alone;	   /* it was one byte, after silence */
	bool lone;	   /* the last event was an Esc, by silence */

	bool alt;			  /* the character is behind an Esc */
	char seq[INPUT_SEQUENCE_MAX + 1]; /* from its ESC on */
	size_t n;			  /* of seq */
	size_t matched;			  /* of the end mark of a paste */
	struct buf paste;
	bool lost; /* a part of the paste */

	struct {
		char seq[12];
		uint32_t key;
	} own[INPUT_OWN_MAX];
	size_t nown;
};

void input_init(struct input *);
void input_release(struct input *);

/* This terminal sends seq for that key, whatever others mean by it.  What does
 * not begin with ESC [, ESC O or be ESC and one character is left out. */
void input_own(struct input *, const char *seq, uint32_t key);

/* Take these bytes, which stay where they are until input_next is false. */
void input_feed(struct input *, struct span bytes, int64_t now);

/* The next event in them; false when there is none left. */
bool input_next(struct input *, struct input_event *);

/* When silence will mean something: INT64_MAX never. */
int64_t input_deadline(const struct input *);

/* No byte has come until now.  Only when input_next is false; true with an
 * event. */
bool input_silence(struct input *, int64_t now, struct input_event *);

#endif
