/*
 * retortd -t and -e: is a routes file good, and what would it answer?
 */
#ifndef RETORTD_CHECK_H
#define RETORTD_CHECK_H

/*
 * What is wrong with the file goes to stderr, and one line to stdout if it is
 * good; warnings do not make it bad.  With NULL the table that is compiled in
 * goes to stdout, as a file.  The exit code: 0, or 1 if it is bad.
 */
int check_routes(const char *path);

/*
 * Print the line that would answer "METHOD URL", and those in front of it that
 * would if they had more to go by (header, body and json matchers, times, p);
 * or which come nearest, and why none does.  With NULL by the table that is
 * compiled in.  The exit code: 0 if a route may answer, 1 if none does or the
 * file is bad, 2 if the text is not METHOD URL.
 */
int check_explain(const char *path, const char *text);

#endif
