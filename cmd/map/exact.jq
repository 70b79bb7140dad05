# SPDX-License-Identifier: ISC
# exact.jq: put after the prelude for records with numbers that jq can't hold exactly.
#
# Such a number is a string between U+FDD0 and U+FDD1 here (value.c). What can be
# done with it exactly is done, as with a number; the rest is an error. jq calls
# _plus and its like for its operators, and format for text with \(...) in it.

def __held_out: type == "string" and startswith("\ufdd0");
def __digits: .[1:-1];
def __stop($what):
	first(.. | select(__held_out)) | __digits
	| error("\($what): a number that jq can't hold exactly: \(.)");
def __check($what): if any(..; __held_out) then __stop($what) else . end;
def __pair($a; $b; $what):
	if ($a | __held_out) or ($b | __held_out) then [$a, $b] | __stop($what) else . end;

def __plus(a; b): a + b;
def __minus(a; b): a - b;
def __multiply(a; b): a * b;
def __divide(a; b): a / b;
def __mod(a; b): a % b;
def __less(a; b): a < b;
def __lesseq(a; b): a <= b;
def __greater(a; b): a > b;
def __greatereq(a; b): a >= b;
def __equal(a; b): a == b;
def __notequal(a; b): a != b;
def __type: type;
def __length: length;
def __tonumber: tonumber;
def __tojson: tojson | split("\"\ufdd0") | join("") | split("\ufdd1\"") | join("");
def __tostring: if __held_out then __digits elif type == "string" then . else __tojson end;
def __format(f): format(f);
def __join($s): join($s);
def __sort: sort;
def __min: min;
def __max: max;
def __sort_by(f): sort_by(f);
def __min_by(f): min_by(f);
def __max_by(f): max_by(f);
def __group_by(f): group_by(f);
def __unique_by(f): unique_by(f);
def __unique: unique;

# A number written in the program is a double already: whether it is the same can't be told.
def __same($a; $b):
	if ($a | __held_out) and ($b | type == "number") then ($a | __digits | tonumber) == $b
	elif ($b | __held_out) and ($a | type == "number") then ($b | __digits | tonumber) == $a
	else false end
	| if . then [$a, $b] | __stop("comparison") else . end;

def _plus(a; b): b as $b | a as $a
	| if $a == null or $b == null then __plus($a; $b) else __pair($a; $b; "addition") | __plus($a; $b) end;
def _minus(a; b): b as $b | a as $a | __pair($a; $b; "subtraction") | __minus($a; $b);
def _multiply(a; b): b as $b | a as $a | __pair($a; $b; "multiplication") | __multiply($a; $b);
def _divide(a; b): b as $b | a as $a | __pair($a; $b; "division") | __divide($a; $b);
def _mod(a; b): b as $b | a as $a | __pair($a; $b; "division") | __mod($a; $b);
def _less(a; b): b as $b | a as $a | __pair($a; $b; "comparison") | __less($a; $b);
def _lesseq(a; b): b as $b | a as $a | __pair($a; $b; "comparison") | __lesseq($a; $b);
def _greater(a; b): b as $b | a as $a | __pair($a; $b; "comparison") | __greater($a; $b);
def _greatereq(a; b): b as $b | a as $a | __pair($a; $b; "comparison") | __greatereq($a; $b);
def _equal(a; b): b as $b | a as $a | __same($a; $b) | __equal($a; $b);
def _notequal(a; b): b as $b | a as $a | __same($a; $b) | __notequal($a; $b);
def type: if __held_out then "number" else __type end;
def numbers: select(type == "number");
def strings: select(type == "string");
def length: if __held_out then __stop("length") else __length end;
def tonumber: if __held_out then . else __tonumber end;
def tostring: __tostring;
def tojson: __tojson;
def format(f): f as $f
	| if $f == "text" then __tostring elif $f == "json" then __tojson
	  elif __type == "array" then map(if __held_out then __digits else . end) | __format($f)
	  else __tostring | __format($f) end;
def join($s): map(if __held_out then __digits else . end) | __join($s);
def sort: __check("sort") | __sort;
def min: __check("min") | __min;
def max: __check("max") | __max;
def sort_by(f): __check("sort_by") | __sort_by(f);
def min_by(f): __check("min_by") | __min_by(f);
def max_by(f): __check("max_by") | __max_by(f);
def group_by(f): __check("group_by") | __group_by(f);
def unique_by(f): __check("unique_by") | __unique_by(f);
def unique: __check("unique") | __unique;
