/* SPDX-License-Identifier: ISC */
/* What stands before every program of jq, in one line, so that jq's line numbers stay.
 *
 * libjq 1.6 leaks the elements of an array that is searched by indices, index or rindex,
 * and in a text it looks for "" until there is no memory left: records, not programs,
 * would decide how much a filter takes. */
#ifndef SOUK_JQ_REPAIRS_H
#define SOUK_JQ_REPAIRS_H

#define SOUK_JQ_REPAIRS \
	"def __indices($part): indices($part); " \
	"def indices($part): if type == \"array\" then . as $all " \
	"| (if $part | type == \"array\" then $part else [$part] end) as $part | ($part | length) as $length " \
	"| [if $length == 0 then empty else range(length - $length + 1) end " \
	"| select($all[.:. + $length] == $part)] " \
	"elif type == \"string\" and $part == \"\" then [] else __indices($part) end; " \
	"def index($part): indices($part) | .[0]; " \
	"def rindex($part): indices($part) | .[-1:][0]; "

#endif
