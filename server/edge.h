/*
 * The edges of an index: from a part, by a text, to another part.  One hash
 * table with open addressing for all of them.
 */
#ifndef RETORTD_EDGE_H
#define RETORTD_EDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "decimal.h"
#include "span.h"

/* X(kind, how the text is compared): as bytes, without case, as a number */
#define EDGES(X)          \
	X(HOST, NOCASE)   \
	X(BELOW, NOCASE)  \
	X(PATH, BYTES)    \
	X(SEGMENT, BYTES) \
	X(END, BYTES)     \
	X(METHOD, BYTES)  \
	X(HEADER, NOCASE) \
	X(QUERY, BYTES)   \
	X(BODY, BYTES)    \
	X(POINTER, BYTES) \
	X(VALUE, BYTES)   \
	X(NUMBER, DECIMAL)

enum edge_kind {
#define X(kind, how) EDGE_##kind,
	EDGES(X)
#undef X
	EDGE_KINDS
};

enum {
	EDGE_BITS = 4 /* of `from` that are the kind */
};

struct edge {
	uint32_t hash;
	uint32_t from; /* the part's number and the kind */
	uint32_t to;   /* 0: there is no edge here */
	uint32_t len;
	const char *p; /* borrowed */
};

struct edges {
	struct edge *v;
	uint32_t mask;
	uint32_t n;
};

enum edge_how {
	EDGE_BYTES,
	EDGE_NOCASE,
	EDGE_DECIMAL,
};

static inline enum edge_how
edge_how(enum edge_kind kind)
{
	switch (kind) {
#define X(kind, how)      \
	case EDGE_##kind: \
		return EDGE_##how;
		EDGES(X)
#undef X
	case EDGE_KINDS:
		break;
	}
	return EDGE_BYTES;
}

static inline uint64_t
edge_mix(uint64_t h)
{
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* The last 0 to 8 bytes of a text, some of them perhaps twice. */
static inline uint64_t
edge_tail(const char *p, size_t n)
{
	uint32_t a, b;

	if (n >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
		return (uint64_t)a << 32 | b;
	}
	if (n == 0)
		return 0;
	return (uint64_t)(unsigned char)p[0] << 16 |
	    (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
}

/* Tables come from whoever runs the server: nobody else can choose texts that
 * have the same hash. */
static inline uint32_t
edge_hash_bytes(uint64_t h, struct span s, uint64_t fold)
{
	uint64_t w;

	h ^= (uint64_t)s.n << 32;
	for (; s.n > 8; s.p += 8, s.n -= 8) {
		memcpy(&w, s.p, 8);
		h = edge_mix(h ^ (w | fold));
	}
	h = edge_mix(edge_mix(h) ^ (edge_tail(s.p, s.n) | fold));
	return (uint32_t)h;
}

static inline uint32_t
edge_hash(enum edge_kind kind, uint32_t from, struct span s)
{
	const uint64_t lower = UINT64_C(0x2020202020202020);
	struct decimal d;

	switch (edge_how(kind)) {
	case EDGE_DECIMAL:
		if (!decimal_parse(s, &d))
			return 0;
		return (uint32_t)edge_mix(
		    (uint64_t)from << 32 | decimal_hash(&d));
	case EDGE_NOCASE:
		return edge_hash_bytes(from, s, lower);
	case EDGE_BYTES:
	default:
		return edge_hash_bytes(from, s, 0);
	}
}

static inline bool
edge_is(const struct edge *e, enum edge_kind kind, struct span s)
{
	struct decimal a, b;

	switch (edge_how(kind)) {
	case EDGE_DECIMAL:
		return decimal_parse(span_of(e->p, e->len), &a) &&
		    decimal_parse(s, &b) && decimal_eq(&a, &b);
	case EDGE_NOCASE:
		return e->len == s.n &&
		    (memcmp(e->p, s.p, s.n) == 0 ||
			strncasecmp(e->p, s.p, s.n) == 0);
	case EDGE_BYTES:
	default:
		return span_eq(span_of(e->p, e->len), s);
	}
}

/* Where it leads; 0 if there is no such edge. */
static inline uint32_t
edge_find(const struct edges *edges, enum edge_kind kind, uint32_t part,
    struct span s)
{
	const uint32_t from = part << EDGE_BITS | (uint32_t)kind;
	const uint32_t hash = edge_hash(kind, from, s);
	uint32_t i;

	for (i = hash & edges->mask; edges->v[i].to != 0;
	     i = (i + 1) & edges->mask)
		if (edges->v[i].hash == hash && edges->v[i].from == from &&
		    edge_is(&edges->v[i], kind, s))
			return edges->v[i].to;
	return 0;
}

/*
 * Tables are built in memory of their own (edges_release) and may then be
 * moved, mask and all.  False if memory is out.
 */
bool edges_init(struct edges *);
void edges_release(struct edges *);

/* There must be no such edge yet.  False, and nothing changed, if memory is
 * out. */
bool edges_add(
    struct edges *, enum edge_kind, uint32_t part, struct span, uint32_t to);

#endif
