#include "failure.h"

#include <errno.h>

#include "answer.h"

enum outcome
failure_outcome(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return OUTCOME_REFUSED;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return OUTCOME_RESET;
	case ETIMEDOUT:
		return OUTCOME_TIMED_OUT;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return OUTCOME_UNREACHABLE;
	default:
		return OUTCOME_FAILED;
	}
}

/* Nobody there. */
static const char *
hint_where(const struct exchange *x)
{
	return x->via ? "Check the via address; v switches to direct."
		      : "Check the URL; v switches to the via address.";
}

static const char again[] = "r sends it again.";

/* Somebody there, who does not talk: perhaps not in this dialect. */
static const char *
hint_again(const struct exchange *x)
{
	if (x->tape.reel[TAPE_IN].all > 0 && !answer_is_foreign(x))
		return again;
	return x->request.dialect == DIALECT_CLASSIC
	    ? "r sends it again; c switches to HTTP/1.1."
	    : "r sends it again; c switches to classic.";
}

/* Somebody there, who says something else. */
static const char *
hint_unparsable(const struct exchange *x)
{
	if (!answer_is_foreign(x))
		return "Check the port: something else listens there.";
	return x->request.dialect == DIALECT_CLASSIC
	    ? "It is an HTTP/1.1 answer: c switches to HTTP/1.1."
	    : "It is an answer in classic: c switches to classic.";
}

const char *
failure_hint(const struct exchange *x, enum outcome outcome)
{
	if (x->echo && outcome > OUTCOME_ANSWERED)
		return "r sends it again, to a new server if that one left.";
	switch (outcome) {
	case OUTCOME_FLIGHT:
	case OUTCOME_ANSWERED:
		return "";
	case OUTCOME_REFUSED:
		return x->via ? "s starts a server here; v switches to direct."
			      : "Start a server there, or check the port; "
				"v switches to the via address.";
	case OUTCOME_TIMED_OUT:
		if (x->times.connect >= 0)
			return hint_again(x);
		__attribute__((fallthrough));
	case OUTCOME_NO_NAME:
	case OUTCOME_UNREACHABLE:
		return hint_where(x);
	case OUTCOME_RESET:
	case OUTCOME_CLOSED:
		return hint_again(x);
	case OUTCOME_UNPARSABLE:
		return hint_unparsable(x);
	case OUTCOME_BROKEN:
		return "What came before is shown, and the bytes that cannot "
		       "be read behind it.";
	case OUTCOME_TOO_LARGE:
		return "The limit is retort's, and no fault of the server's; "
		       "what was taken is shown.";
	case OUTCOME_CUT:
	case OUTCOME_CANCELLED:
	case OUTCOME_FAILED:
		break;
	}
	return again;
}
