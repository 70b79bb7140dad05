#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-map: records to records by a jq program, numbers never altered.

bats_require_minimum_version 1.5.0
load helper

# map RECORD OPTION...: one record through souk-map.
map() {
	printf '%s\n' "$1" | souk-map "${@:2}"
}

# value PROGRAM: what it gives, or the message of its failure.
value() {
	map '{}' "{r: ($1)}" | jq -c 'if .error then .error.message else .r end'
}

# ---- Results ----

@test "one record to one, names in their order, text as it was" {
	run map '{"b":"\u00e9\n","a":[1,true,null,{"x":"<>"}],"c":""}' '. + {x: 1}'
	assert_success
	assert_output '{"b":"é\n","a":[1,true,null,{"x":"<>"}],"c":"","x":1}'
}

@test "without --many exactly one result" {
	run map '{"a":1}' 'empty'
	assert_output '{"a":1,"error":{"by":"map","code":"map_error","message":"the program gave no result: --many takes that"}}'
	run map '{"a":1}' '., .'
	assert_output '{"a":1,"error":{"by":"map","code":"map_error","message":"the program gave more than one result: --many takes them"}}'
}

@test "--many takes any number" {
	run bash -c "printf '{\"n\":%d}\n' 0 2 1 | souk-map --many 'range(.n) as \$i | {i: \$i}'"
	assert_success
	assert_output '{"i":0}
{"i":1}
{"i":0}'
}

@test "a record that fails late gives none of its results" {
	run map '{"a":1}' --many '{x: 1}, error("late")'
	assert_output '{"a":1,"error":{"by":"map","code":"map_error","message":"late"}}'
}

@test "a result that is no object is an error" {
	run map '{"a":1}' --many '{x: 1}, .a'
	assert_output '{"a":1,"error":{"by":"map","code":"map_error","message":"a result must be an object, this one is: number"}}'
}

@test "errors of jq leave the record as it came" {
	run map '{"n": 1.10, "s":"\u0041"}' '.n.x'
	assert_success
	assert_output '{"n": 1.10, "s":"\u0041","error":{"by":"map","code":"map_error","message":"Cannot index number with string \"x\""}}'
	run map '{"n":1}' -e 'error({a: 1})'
	assert_failure 1
	assert_output '{"n":1,"error":{"by":"map","code":"map_error","message":"{\"a\":1}"}}'
}

@test "what is searched costs no memory, and nothing is found of \"\"" {
	# libjq 1.6 keeps each array that index searches, and looks for "" until it has no memory left.
	program='{found: [(.a | index("b"), rindex("a"), index("z"), indices("a"), indices(["b", "a"]), indices([])),
		(.text | index("a"), rindex("a"), indices("a"), index(""), indices("")), (null | index(1))]}'
	echo '{"a":["a","b","a"],"text":"b-a-a"}' | timeout 10 souk-map "$program" >found
	assert_equal "$(cat found)" '{"found":[1,2,null,[0,2],[1],[],2,4,[2,4],null,[],null]}'
	yes '{"a":["a","b","a"]}' | head -n 100000 >many
	for count in 1000 100000; do
		head -n $count many | /usr/bin/time -f %M -o "kb.$count" souk-map '{at: (.a | index(["b"]))}' >found
		assert_equal "$(sort found | uniq -c | tr -d ' ')" "$count"'{"at":1}'
	done
	[ "$(cat kb.100000)" -lt $(($(cat kb.1000) + 2000)) ] || fail "$(cat kb.*) KB"
}

@test "the program goes on after an error and after halt" {
	run bash -c "printf '{\"n\":%d}\n' 1 2 3 4 | souk-map 'if .n == 1 then error(\"x\") elif .n == 2 then halt elif .n == 3 then \"y\" | halt_error else . end' | jq -c '[.n, .error.message]'"
	assert_output '[1,"x"]
[2,"halt: a map does not end the stream"]
[3,"halt: a map does not end the stream"]
[4,null]'
}

@test "failed and waiting records pass untouched, unless --all" {
	printf '%s\n' '{"n": 1.0,"error":{"by":"x"}}' '{"n": 1.0,"wait":{"by":"map"}}' >in
	run souk-map '{a: 1}' <in
	assert_output "$(cat in)"
	run souk-map --all '{a: (.error // .wait).by}' <in
	assert_output '{"a":"x"}
{"a":"map"}'
	run souk-map --all 'error("y")' <in
	assert_line --index 0 '{"n": 1.0,"error":{"by":"x"}}'
	assert_line --index 1 '{"n": 1.0,"wait":{"by":"map"},"error":{"by":"map","code":"map_error","message":"y"}}'
}

@test "lines that are no records become error records, the rest goes on" {
	printf '{"a":1}\nnot json\n[1]\n\n{"a":\xff}\n{"a":2}' >in
	run --separate-stderr souk-map --rejects rejects . <in
	assert_failure 1
	assert_line --index 0 '{"a":1}'
	assert_line --index 4 '{"a":2}'
	assert_equal "$(printf '%s\n' "$output" | jq -c 'select(.error) | [.error.by, .error.code, .error.line]')" \
		'["map","bad_record",2]
["map","bad_record",3]
["map","bad_record",5]'
	assert_equal "$(lines rejects)" 3
}

@test "long lines, long results, too many results" {
	head -c 3000 /dev/zero | tr '\0' x | sed 's/.*/{"a":"&"}/' >in
	run --separate-stderr souk-map --max-record 1024 . <in
	assert_failure 1
	assert_equal "$(jq -r .error.code <<<"$output")" too_long
	run map '{"a":1}' --max-record 1024 '{b: ("x" * 1100)}'
	assert_output '{"a":1,"error":{"by":"map","code":"too_long","message":"a result is longer than 1024 bytes"}}'
	run map '{"a":1}' --max-record 1024 --many 'range(1e9) | {a: .}'
	assert_output '{"a":1,"error":{"by":"map","code":"too_long","message":"the results of the record are longer than 16384 bytes"}}'
}

# ---- Numbers and text ----

@test "numbers that a double can't hold are copied as they are spelled" {
	local big='{"a":100000000000000001,"b":[1e400,-1E-400],"c":{"d":0.1234567890123456789,"e":-9007199254740993}}'
	run map "$big" .
	assert_output "$big"
	run map "$big" '{n: .a, l: [.b[], .c.e], k: (.c | to_entries)}'
	assert_output '{"n":100000000000000001,"l":[1e400,-1E-400,-9007199254740993],"k":[{"key":"d","value":0.1234567890123456789},{"key":"e","value":-9007199254740993}]}'
}

@test "other numbers keep their value" {
	run map '{"a":[1.10,1e3,-0,123456789012345680,0.30000000000000004,9007199254740992,1E-7,12345678901234500000]}' .
	assert_output '{"a":[1.1,1000,-0,123456789012345680,0.30000000000000004,9007199254740992,1e-07,12345678901234500000]}'
}

@test "such a number as text, in text, as type, in equality" {
	local big='{"n":100000000000000001,"m":100000000000000001,"o":100000000000000002}'
	run map "$big" '{a: (.n | tostring), b: "no \(.n)", c: (.n | type), d: (.n == .m), e: (.n == .o), f: (.n == 5), g: "\(.n)", h: ({n} | tojson), i: ([.n] | join(",")), j: (.n | tonumber), k: (null + .n), l: ({n} | @json), m: ([.n, 1] | @csv)}'
	assert_output '{"a":"100000000000000001","b":"no 100000000000000001","c":"number","d":true,"e":false,"f":false,"g":"100000000000000001","h":"{\"n\":100000000000000001}","i":"100000000000000001","j":100000000000000001,"k":100000000000000001,"l":"{\"n\":100000000000000001}","m":"\"100000000000000001\",1"}'
}

@test "calculating with such a number, ordering it, using it as a name are errors" {
	local program
	for program in '.n + 1' '1 - .n' '.n * 2' '.n / 1' '.n % 7' '.n > 5' '.n <= 5' 'if .n < 5 then 1 else 2 end' \
		'.n == 100000000000000001' '[.n, 1] | sort' '[.n, 1] | max' '[{n}] | sort_by(.n)' '.n | floor' '.n | length' \
		'-(.n)' '{(.n | ascii_downcase): 1}' '[.n, .n] | add' '[.n, 2] | unique'; do
		run map '{"n":100000000000000001}' "{r: ($program)}"
		assert_output --partial '{"n":100000000000000001,"error":{"by":"map","code":"map_error",'
		refute_output --partial $'\uFDD0'
	done
}

@test "a record with such a number and the marks that stand for one is refused, not altered" {
	run map '{"n":100000000000000001,"s":"\ufdd05\ufdd1"}' .
	assert_output --partial '"code":"map_error"'
	run map '{"n":1,"s":"\ufdd05\ufdd1"}' .
	assert_output $'{"n":1,"s":"\uFDD05\uFDD1"}'
}

@test "nan and infinite are no results" {
	run value 'nan'
	assert_output '"the result holds nan, which is no JSON number"'
	run value '-infinite'
	assert_output '"the result holds infinite, which is no JSON number"'
}

@test "NUL, surrogate pairs, half of one, names twice" {
	run map '{"a":"x\u0000y\ud83d\ude00"}' .
	assert_output '{"a":"x\u0000y😀"}'
	run map '{"a":[{"b":"\ud83d"}]}' .
	assert_output '{"a":[{"b":"\ud83d"}],"error":{"by":"map","code":"bad_record","message":"a[0].b: has half of a surrogate pair, which jq can'"'"'t hold"}}'
	run map '{"a":{"b":1,"\u0062":2}}' .
	assert_output '{"a":{"b":1,"\u0062":2},"error":{"by":"map","code":"bad_record","message":"a: a member name stands twice in it"}}'
}

@test "nesting: exact to 256, an error beyond" {
	local open close
	open=$(printf '[%.0s' {1..255}) close=$(printf ']%.0s' {1..255})
	run map "{\"a\":$open$close}" .
	assert_output "{\"a\":$open$close}"
	run map "{\"a\":[$open$close]}" .
	assert_output --partial '"code":"too_deep"'
	run value 'reduce range(300) as $i ({}; {a: .})'
	assert_output '"the result holds a value nested deeper than 256"'
}

# ---- What a program sees ----

@test "no input, no files, no environment, no ~/.jq" {
	echo 'def leak: {leak: 1};' >.jq
	echo '{"secret":1}' >m.json
	export HOME=$PWD SECRET=x
	run map '{}' leak
	assert_failure 2
	run map '{}' 'import "m" as $m; $m'
	assert_failure 2
	run map '{}' '{a: $ENV, b: env}'
	assert_output '{"a":{"TZ":"UTC0"},"b":{"TZ":"UTC0"}}'
	run bash -c "printf '{\"a\":1}\n{\"a\":2}\n' | souk-map '{a, b: input}'"
	assert_line --index 0 --partial '{"a":1,"error":'
	assert_line --index 1 --partial '{"a":2,"error":'
	run map '{}' '{a: [inputs]}'
	assert_output --partial 'a map sees one record'
	run map '{}' '"m" | modulemeta'
	assert_output --partial 'a map reads no files'
}

@test "--arg, more than once; its value is text" {
	run map '{}' --arg a=1 --arg b==x= '{$a, $b}'
	assert_output '{"a":"1","b":"=x="}'
	run map '{}' --arg '1a=2' .
	assert_failure 2
}

@test "now is --now; debug goes to stderr" {
	run map '{}' --now 2010-12-01T08:26:00Z '{a: (now | todate)}'
	assert_output '{"a":"2010-12-01T08:26:00Z"}'
	run --separate-stderr map '{"a":1}' '.a |= debug'
	assert_output '{"a":1}'
	assert_equal "$stderr" 'souk-map: line 1: debug: 1'
}

@test "a program that does not compile: its place, exit 2" {
	printf '# first\n1 + foo\n' >p.jq
	run map '{}' -f p.jq
	assert_failure 2
	assert_output 'souk-map: p.jq, line 2: foo/0 is not defined (see souk-map --help)'
	run souk-map
	assert_failure 2
	run souk-map -f p.jq .
	assert_failure 2
	run souk-map -f none.jq </dev/null
	assert_failure 3
	printf '{a: 1} # no line end' >p.jq
	run map '{}' -f p.jq
	assert_output '{"a":1}'
}

# ---- Money and time ----

@test "minor: exact, by the text alone" {
	run value '["2.55","0.1","0.001","-0.001","0","-0.00","007.50","2.5500","12.345","9999999999999.99"] | map(minor("GBP"))'
	assert_output '[255,10,"0.1","-0.1",0,0,750,255,"1234.5",999999999999999]'
	run value '["-5.25","0.05","000000000001.50","9999999999999.90","1.230"] | map(minor("GBP"))'
	assert_output '[-525,5,150,999999999999990,123]'
	run value '[("12","12.5" | minor("JPY")), ("1.2345","1" | minor("KWD")), ("1.23456" | minor("CLF"))]'
	assert_output '[12,"12.5","1234.5",1000,"12345.6"]'
}

@test "minor: junk, and currencies that are none, are errors" {
	local junk
	for junk in '""' '"-"' '"1e3"' '".5"' '".55"' '"5."' '"1.2.3"' '"1.2.34"' '"1e1.00"' '"- 1.00"' '"٣.٢٥"' '{"a":1}' '[1,".",1,1]' '" 1"' '"1 "' '"+1"' '"--1"' '"1,5"' 5 null '"99999999999999.99"' '"٣"'; do
		run value "$junk | minor(\"GBP\")"
		assert_output --partial 'minor: '
	done
	run value '"1" | minor("XXX")'
	assert_output '"\"XXX\" is no currency of ISO 4217"'
}

@test "decimal reads what spreadsheets write, and refuses what may mean two things" {
	run value '["1.50", "1,50", ".5", "-,5", "1.234,50", "1,234.50", "1,234,567", "1 234,5", "1.234", "0,125", "7"] | map(decimal)'
	assert_output '["1.50","1.50","0.5","-0.5","1234.50","1234.50","1234567","1234.5","1.234","0.125","7"]'
	for junk in '"1,234"' '""' '"x"' '"1.2.3"' '"1,2,3"' '"1e3"' '1' 'null'; do
		run value "$junk | decimal"
		assert_output --partial 'decimal: ' || fail "$junk"
	done
}

@test "minor with other signs" {
	run value '["1.234.567,89","1,5","-1.000","1234,5"] | map(minor("EUR"; ","; "."))'
	assert_output '[123456789,150,-100000,123450]'
	run value '"1,5" | minor("EUR"; ",")'
	assert_output 150
	for junk in '12.34,5' '1.00' '1,2,3' '.123' '1.' '1..000'; do
		run value "\"$junk\" | minor(\"EUR\"; \",\"; \".\")"
		assert_output --partial 'minor: '
	done
}

@test "major is the way back" {
	run value '[255,5,-5,0,123456,"0.1","-0.5"] | map(major("GBP"))'
	assert_output '["2.55","0.05","-0.05","0.00","1234.56","0.001","-0.005"]'
	run value '[(255 | major("JPY")), (1 | major("KWD"))]'
	assert_output '["255","0.001"]'
	run value '1.5 | major("GBP")'
	assert_output '"major: 1.5: not an amount in minor units"'
}

@test "rfc3339: times in a format" {
	run value '["12/1/2010 8:26" | rfc3339("%m/%d/%Y %H:%M"), rfc3339("%m/%d/%Y %H:%M"; "+01:00")]'
	assert_output '["2010-12-01T08:26:00Z","2010-12-01T07:26:00Z"]'
	run value '"12/1/2010 8:26 PM" | rfc3339("%m/%d/%Y %H:%M")'
	assert_output --partial 'it does not match'
	run value '"2/30/2010" | rfc3339("%m/%d/%Y")'
	assert_output --partial 'there is no such time'
	run value '"2/3/2010" | rfc3339("%m/%d/%Y") | error("mine")'
	assert_output '"mine"'
}

# ---- The stream ----

@test "a lone record is answered at once; SIGTERM ends it in peace" {
	mkfifo in
	souk-map '{a}' <in >out 3>&- &
	local pid=$!
	exec 7>in
	echo '{"a":1}' >&7
	for _ in {1..50}; do [ -s out ] && break; sleep 0.1; done
	assert_equal "$(cat out)" '{"a":1}'
	kill -TERM $pid
	local state=0
	wait $pid || state=$?
	exec 7>&-
	assert_equal $state 0
}

@test "souk run shows how far it is" {
	printf "#!/usr/bin/env -S souk run\nsouk-map . | souk-map 'error(\"no\")'\n" >p
	printf '{}\n{}\n' | souk run --progress always p 2>progress >out
	assert_equal "$(tr '\r' '\n' <progress | awk '$2 == "souk-map" { print $1, $3, $5 }' | tail -n 2 | xargs)" '1 2 0 2 2 2'
}

@test "a full disk is exit 3" {
	# Where the program ends at once, libjq's stacks look like leaks to the sanitizer.
	run bash -c 'echo "{}" | ASAN_OPTIONS=detect_leaks=0 souk-map . >/dev/full'
	assert_failure 3
	assert_output --partial 'cannot write the output'
}

@test "-f: the file as named, else in SOUK_MAPS, else among the program's own maps" {
	mkdir -p mine here
	echo '{from: "mine"}' >mine/where.jq
	echo '{from: "here"}' >here/where.jq
	run bash -c 'cd here && echo "{}" | SOUK_MAPS=../mine souk-map -f where.jq'
	assert_output '{"from":"here"}'
	run bash -c 'echo "{}" | SOUK_MAPS=mine souk-map -f where.jq'
	assert_output '{"from":"mine"}'
	run bash -c 'echo "{}" | SOUK_MAPS=here/../mine souk-map -f ./where.jq'
	assert_output '{"from":"mine"}'
	# Its own: as in the source tree, and as installed.
	mkdir -p tree/bin tree/maps usr/bin usr/share/souk/maps
	cp "$SOUK_BIN/souk-map" tree/bin/
	cp "$SOUK_BIN/souk-map" usr/bin/
	echo '{from: "tree"}' >tree/maps/where.jq
	echo '{from: "usr"}' >usr/share/souk/maps/where.jq
	run bash -c 'echo "{}" | tree/bin/souk-map -f where.jq'
	assert_output '{"from":"tree"}'
	run bash -c 'echo "{}" | usr/bin/souk-map -f where.jq'
	assert_output '{"from":"usr"}'
	# Nowhere; and one that is there but can't be read is not looked for elsewhere.
	run bash -c 'echo "{}" | SOUK_MAPS=mine usr/bin/souk-map -f nowhere.jq'
	assert_failure 3
	assert_output 'souk-map: nowhere.jq, here or among the maps: No such file or directory'
	mkdir where.jq
	run bash -c 'echo "{}" | SOUK_MAPS=mine souk-map -f where.jq'
	assert_failure 3
	assert_output 'souk-map: where.jq: Is a directory'
}
