/*
 * retortd -t: is a routes file good?
 */
#ifndef RETORTD_CHECK_H
#define RETORTD_CHECK_H

/*
 * What is wrong with the file goes to stderr, and one line to stdout if it is
 * good; warnings do not make it bad.  With NULL the table that is compiled in
 * goes to stdout, as a file.  The exit code: 0, or 1 if it is bad.
 */
int check_routes(const char *path);

#endif
