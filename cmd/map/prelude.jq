# SPDX-License-Identifier: ISC
# prelude.jq: what souk-map puts before each program.

# ---- A map sees one record, and nothing else ----

def input: error("input: a map sees one record; souk-group makes one of several");
def inputs: input;
def input_line_number: error("input_line_number: a map does not know it");
def modulemeta: error("modulemeta: a map reads no files");
def stderr: debug;
# Others follow; and libjq 1.6 frees twice what a halt leaves behind.
def halt: error("halt: a map does not end the stream");
def halt_error($exit_code): halt;
def halt_error: halt;

def __clock: now;
def now: $__souk.now // __clock;

# ---- Exact money: decimal text to minor units and back, without arithmetic ----

def __decimals($currency):
	$__souk.decimals[$currency | strings] // error("\($currency | tojson) is no currency of ISO 4217");

def __is_digits: explode | min >= 48 and max <= 57; # false for ""

# [sign, whole digits, digits of the fraction] of decimal text with a point.
def __decimal($name):
	def refuse:
		error("\($name): \(tojson[0:80]): not a decimal amount in a string, such as \"2.55\"");
	. as $text
	| if type == "string" then . else refuse end
	| (if startswith("-") then "-" else "" end) as $sign
	| ltrimstr("-") | split(".") as $parts
	| if ($parts | length | . < 1 or . > 2) or $parts[0] == "" or $parts[1] == ""
		or ($parts | add | __is_digits | not)
		then $text | refuse else [$sign, $parts[0], $parts[1] // ""] end;

# Text from its digits, the point moved; a number where it is whole and one is wanted.
def __places($name; $sign; $whole; $fraction):
	($whole | until(length < 2 or .[0:1] != "0"; .[1:])) as $whole
	| ($fraction | until(.[-1:] != "0"; .[:-1])) as $fraction
	| if ($whole + $fraction | length) > 15 then
		error("\($name): \(tojson[0:80]): more than 15 digits")
	  elif $fraction != "" then "\($sign)\($whole).\($fraction)"
	  elif $whole == "0" then 0
	  else $sign + $whole | tonumber end;

# "2.55" to 255. What is finer than a minor unit stays text: "0.001" to "0.1".
def minor($currency):
	__decimals($currency) as $n
	| . as $text
	| __decimal("minor") as [$sign, $whole, $fraction]
	| $text
	| if ($fraction | length) == $n and ($whole | length) + $n <= 15 then
		($sign + $whole + $fraction | tonumber) as $amount
		| if $amount == 0 then 0 else $amount end
	  else ($fraction + "0000"[0:$n]) as $digits
		| __places("minor"; $sign; $whole + $digits[0:$n];
			if ($fraction | length) > $n then $fraction[$n:] else "" end)
	  end;

# The same for text as other lands write it: minor("EUR"; ","), minor("EUR"; ","; ".").
def minor($currency; $point; $thousands):
	def refuse: error("minor: \(tojson[0:80]): not a decimal amount in a string with "
		+ "\($point | tojson) as its decimal sign"
		+ if $thousands == "" then ""
		  else " and \($thousands | tojson) between thousands" end);
	if ($point | IN(".", ",") | not) or $point == $thousands
		or ($thousands | IN("", ".", ",", " ", "'", "\u00a0", "\u202f") | not)
		then error("minor: the signs must be a point or comma, and another one") else . end
	| if type == "string" then . else refuse end
	| split($point) as $parts
	| if $parts | length | . < 1 or . > 2 then refuse else . end
	| $parts[1] as $fraction
	| ($parts[0] | if $thousands == "" then [.] else split($thousands) end) as $groups
	| if ($groups | length) > 1
		and (any($groups[1:][]; length != 3)
			or ($groups[0] | ltrimstr("-") | length | . < 1 or . > 3))
		or ($fraction // "0" | __is_digits | not)
		or ($groups | join("") | ltrimstr("-") | __is_digits | not)
	  then refuse
	  else ($groups | join("")) + (if $fraction then "." + $fraction else "" end)
		| minor($currency) end;
def minor($currency; $point): minor($currency; $point; "");

# A number as people and spreadsheets write it to plain decimal text: "1.234,50" to "1234.50",
# ".5" to "0.5". Where a comma may be either sign it is an error.
def decimal:
	def refuse($why): error("decimal: \(tojson[0:80]): \($why)");
	def slow:
		. as $text
		| if type == "string" then gsub("[ '\u00a0\u202f]"; "") else refuse("not text") end
		| if test("^-?[0-9]*[.]?[0-9]+$") then .
		  elif test("^-?[0-9]{1,3}(,[0-9]{3})+[.][0-9]+$|^-?[0-9]{1,3}(,[0-9]{3}){2,}$") then gsub(","; "")
		  elif test("^-?[0-9]{1,3}([.][0-9]{3})+,[0-9]+$") then gsub("[.]"; "") | sub(","; ".")
		  elif test("^-?[1-9][0-9]{0,2},[0-9]{3}$") then
			$text | refuse("the comma may be a decimal sign or stand between thousands")
		  elif test("^-?[0-9]*,[0-9]+$") then sub(","; ".")
		  else $text | refuse("not a number") end
		| if startswith(".") then "0" + . elif startswith("-.") then "-0" + .[1:] else . end;
	# Most are plain, and patterns cost more than all else.
	if type == "string" and (explode | .[0] != 46 and .[-1] != 46 and
		((. - [46]) as $digits | length - ($digits | length) < 2 and ($digits | min >= 48 and max <= 57)))
	then . else slow end;

# 255 to "2.55", "0.1" to "0.001".
def major($currency):
	__decimals($currency) as $n
	| . as $amount
	| if type == "number" then
		if . == floor and fabs < 1e15 then . + 0 | tostring
		else error("major: \(tojson): not an amount in minor units") end
	  else . end
	| __decimal("major") as [$sign, $whole, $fraction]
	| ("0000"[0:$n] + $whole) as $digits
	| ($digits | length - $n) as $cut
	| ($digits[0:$cut] | until(length < 2 or .[0:1] != "0"; .[1:])) as $left
	| ($digits[$cut:] + $fraction) as $right
	| $sign + (if $left == "" then "0" else $left end)
		+ (if $right == "" then "" else "." + $right end);

# ---- Times: text in a format of strptime(3) to RFC 3339 in UTC ----

# $offset is how far the clock that wrote it is ahead of UTC: "+01:00", "Z".
def rfc3339($format; $offset):
	def refuse($why): error("rfc3339: \(tojson[0:80]): \($why)");
	. as $text
	| if type == "string" then . else refuse("not text") end
	| if $format | test("%[zZs]") then
		refuse("%z, %Z and %s are not understood; give the offset") else . end
	| (if $offset == "Z" then 0
	   elif $offset | type == "string" and test("^[-+][0-9][0-9]:[0-5][0-9]$") then
		($offset[1:3] | tonumber) * 3600 + ($offset[4:6] | tonumber) * 60
		| if $offset[0:1] == "-" then -. else . end
	   else refuse("the offset \($offset | tojson) must be Z or such as +01:00") end) as $ahead
	# The mark at the end of both makes sure that nothing is left over. The array keeps
	# the try to itself: in jq 1.6 one catches the errors of all that follows it.
	| [try (. + "\u0001" | strptime($format + "\u0001")) catch null][0] as $parts
	| if $parts == null then refuse("it does not match \($format | tojson)") else . end
	| ($parts | mktime) as $seconds
	# February 30 would become March 2.
	| if ($seconds | gmtime | .[0:5]) != $parts[0:5] then
		refuse("there is no such time") else . end
	| $seconds - $ahead | todate;
def rfc3339($format): rfc3339($format; "Z");
