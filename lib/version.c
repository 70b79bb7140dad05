/* SPDX-License-Identifier: ISC */
/* A file of its own: another version compiles nothing else anew. */
#include "verb.h"

const char souk_version[] = SOUK_VERSION;
