/* SPDX-License-Identifier: ISC */
/* number.h: numbers as JSON spells them and as a double holds them. */
#ifndef MAP_NUMBER_H
#define MAP_NUMBER_H

#include "text.h"

/* Reads a valid JSON number that some other byte follows. False if it is not what
 * map_number_write() would make of the double, by value, not by spelling. */
bool map_number_read(struct souk_text text, double *number);

/* Appends a finite double with as few digits as tell it from its neighbours; a whole
 * number below 10^21 without exponent. */
void map_number_write(struct souk_buffer *out, double number);

#endif
