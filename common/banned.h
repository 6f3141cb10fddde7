/*
 * Functions that cannot know how much room they have, or that hide a failure.
 * Forced into every file by the Makefile (-include), after the system's own
 * headers have had their say.
 */
#ifndef RETORT_BANNED_H
#define RETORT_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll gmtime
#pragma GCC poison localtime gets

#endif
