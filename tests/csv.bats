#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-csv: CSV to NDJSON and back, to the byte.

load helper
bats_require_minimum_version 1.5.0

# The members of the error records of $output that a test is about.
errors() {
	printf '%s\n' "$output" | jq -rc 'select(.error) | .error | [.code, .line, .byte, .row, .length]'
}

# read_csv BYTES OPTION...: BYTES as printf has them; messages go to stderr.txt.
read_csv() {
	# shellcheck disable=SC2059
	printf "$1" >in.csv
	shift
	souk-csv "$@" in.csv 2>stderr.txt
}

# ---- Reading what is good ----

@test "a header and rows; all values are strings as they stand" {
	run read_csv 'sku,qty,price\n007,06,1.10\n 8 ,1e3,-0\n'
	assert_success
	assert_output '{"sku":"007","qty":"06","price":"1.10"}
{"sku":" 8 ","qty":"1e3","price":"-0"}'
	run cat stderr.txt
	assert_output ''
}

@test "quotes, delimiters, line ends and doubled quotes within quotes" {
	run read_csv 'a,b\n"x,y","say ""hi"""\n"1\n\n2","3\r\n4"\n"",""""\n'
	assert_success
	assert_output '{"a":"x,y","b":"say \"hi\""}
{"a":"1\n\n2","b":"3\r\n4"}
{"a":"","b":"\""}'
}

@test "LF and CR LF mixed, blank lines, a last line without end" {
	run read_csv '\r\n\na,b\r\n1,2\n\n\r\n3,4\r\n"5","6"\r\n7,8'
	assert_success
	assert_output '{"a":"1","b":"2"}
{"a":"3","b":"4"}
{"a":"5","b":"6"}
{"a":"7","b":"8"}'
}

@test "the last line may end in a quote, a delimiter or CR" {
	run read_csv 'a,b\n1,"2"'
	assert_output '{"a":"1","b":"2"}'
	run read_csv 'a,b\n1,'
	assert_output '{"a":"1","b":""}'
	run read_csv 'a,b\n1,2\r'
	assert_output '{"a":"1","b":"2"}'
}

@test "empty fields are rows, a blank line in one column is not" {
	run read_csv 'a,b,c\n,,\n'
	assert_output '{"a":"","b":"","c":""}'
	run read_csv 'a\n\n""\n'
	assert_output '{"a":""}'
}

@test "spaces and tabs are kept" {
	run read_csv 'a,b\n  x\t,\t\n'
	assert_output '{"a":"  x\t","b":"\t"}'
}

@test "NUL and control characters are escaped" {
	run read_csv 'a\nx\0y\001\n'
	assert_output '{"a":"x\u0000y\u0001"}'
}

@test "a byte order mark is dropped, also before a quote" {
	run read_csv '\xef\xbb\xbfa,b\n1,2\n'
	assert_output '{"a":"1","b":"2"}'
	run read_csv '\xef\xbb\xbf"a",b\n1,2\n'
	assert_output '{"a":"1","b":"2"}'
	run read_csv '\xef\xbb\xbf'
	assert_success
	assert_output ''
}

@test "no input and a header alone give no records" {
	run read_csv ''
	assert_success
	assert_output ''
	run read_csv 'a,b\n'
	assert_success
	assert_output ''
}

@test "--columns: there is no header row; names are quoted as in CSV" {
	run read_csv '1,2\n3,4\n' --columns 'a,"b, ""c"""'
	assert_success
	assert_output '{"a":"1","b, \"c\"":"2"}
{"a":"3","b, \"c\"":"4"}'
}

@test "--delimiter: semicolon, tab" {
	run read_csv 'a;b\n1,5;"x;y"\n' --delimiter ';'
	assert_output '{"a":"1,5","b":"x;y"}'
	run read_csv 'a\tb\n 1\t\n' -d tab
	assert_output '{"a":" 1","b":""}'
}

@test "--line says where each row begins" {
	run read_csv 'a,b\n1,"x\ny"\n\n3,4\n' --line
	assert_output '{"line":2,"a":"1","b":"x\ny"}
{"line":5,"a":"3","b":"4"}'
	run read_csv 'a\n1\n' --id r- --line
	assert_output '{"id":"r-1","line":2,"a":"1"}'
}

@test "--id numbers the rows, bad ones too, the same on each run" {
	run read_csv 'a,b\n1,2\n\n3\n4,5\n' --id row-
	assert_failure 1
	assert_line '{"id":"row-1","a":"1","b":"2"}'
	assert_line '{"id":"row-3","a":"4","b":"5"}'
	first=$output
	run read_csv 'a,b\n1,2\n\n3\n4,5\n' --id row-
	assert_equal "$output" "$first"
	run read_csv 'a\nx\n' --id ''
	assert_output '{"id":"1","a":"x"}'
}

@test "--sparse leaves out empty fields and rows, which count all the same" {
	printf 'a,b,c\n,2,\n"",,\n1,, \n' >in.csv
	assert_equal "$(souk-csv --sparse in.csv)" $'{"b":"2"}\n{"a":"1","c":" "}'
	assert_equal "$(souk-csv --sparse --line in.csv | xargs -d '\n')" '{"line":2,"b":"2"} {"line":4,"a":"1","c":" "}'
	assert_equal "$(souk-csv --sparse --id r --line in.csv | sed -n 2p)" '{"id":"r3","line":4,"a":"1","c":" "}'
	assert_equal "$(printf 'a\n\n""\n' | souk-csv --sparse)" ''
}

@test "latin-1, windows-1252 and UTF-16 become UTF-8" {
	run read_csv 'n\ncaf\xe9 \x85\n' --encoding latin-1
	assert_output "$(printf '{"n":"caf\xc3\xa9 \xc2\x85"}')"
	run read_csv 'n\n\x80 5 \x93caf\xe9\x94\n' --encoding windows-1252
	assert_output '{"n":"€ 5 “café”"}'
	printf 'n,m\r\n"é\n€",😀\n' >utf-8.csv
	for encoding in UTF-16LE UTF-16BE; do
		iconv -f UTF-8 -t $encoding utf-8.csv >in16.csv
		run souk-csv --encoding ${encoding,,} in16.csv
		assert_success
		assert_output '{"n":"é\n€","m":"😀"}'
	done
	{ printf '\xfe\xff'; cat in16.csv; } >bom.csv
	run souk-csv --encoding utf-16 bom.csv
	assert_output '{"n":"é\n€","m":"😀"}'
}

# ---- Bad rows ----

@test "a ragged row is an error record; the rest is read" {
	run read_csv 'a,b\n1,2\n3\n4,5,6\n7,8\n'
	assert_failure 1
	assert_line --index 0 '{"a":"1","b":"2"}'
	assert_line --index 3 '{"a":"7","b":"8"}'
	run errors
	assert_output '["ragged_row",3,8,2,1]
["ragged_row",4,10,3,5]'
	run cat stderr.txt
	assert_output 'souk-csv: line 3: the row has 1 field, there are 2 columns
souk-csv: line 4: the row has 3 fields, there are 2 columns'
}

@test "an error record holds the row, its place and its digest" {
	run read_csv 'a,b\n"x\ny"\r\n'
	assert_failure 1
	sha=$(printf '"x\ny"' | sha256sum | cut -d' ' -f1)
	assert_output '{"error":{"by":"csv","code":"ragged_row","message":"the row has 1 field, there are 2 columns","line":2,"byte":4,"length":5,"sha256":"'"$sha"'","input":"IngKeSI=","row":1}}'
}

@test "a quote in an unquoted field, text after a closing quote" {
	run read_csv 'a,b\n5" pipe,1\n"x" ,2\n"x"y"z",3\nok,4\n'
	assert_failure 1
	assert_line '{"a":"ok","b":"4"}'
	run errors
	assert_output '["bad_csv",2,4,1,9]
["bad_csv",3,14,2,6]
["bad_csv",4,21,3,9]'
	run cat stderr.txt
	assert_line --index 0 'souk-csv: line 2: a quote in a field that does not begin with one (byte 2 of the row)'
	assert_line --index 1 'souk-csv: line 3: text between a closing quote and the delimiter (byte 4 of the row)'
}

@test "a quote never closed costs its row alone" {
	run read_csv 'a,b\n1,2\n3,"4\n5,6\n7,8\n'
	assert_failure 1
	assert_line --index 0 '{"a":"1","b":"2"}'
	assert_line --index 2 '{"a":"5","b":"6"}'
	assert_line --index 3 '{"a":"7","b":"8"}'
	run errors
	assert_output '["bad_csv",3,8,2,4]'
	run cat stderr.txt
	assert_output 'souk-csv: line 3: the quote opened in line 3 is not closed within the input'
}

@test "a quote never closed, with a quoted field after it" {
	run read_csv 'a,b\n1,"2\n3,"4"\n5,6\n'
	assert_failure 1
	assert_line '{"a":"3","b":"4"}'
	assert_line '{"a":"5","b":"6"}'
	run errors
	assert_output '["bad_csv",2,4,1,4]'
}

@test "the row ends with the line on which its faulty field began" {
	run read_csv 'a,b\n"x\ny","z\n1,2\n'
	assert_failure 1
	assert_line '{"a":"1","b":"2"}'
	run errors
	assert_output '["bad_csv",2,4,1,8]'
	run cat stderr.txt
	assert_output 'souk-csv: line 2: the quote opened in line 3 is not closed within the input'
}

@test "a quote not closed within --max-record costs its row alone" {
	{
		printf 'a,b\n1,"2\n'
		for i in $(seq 3 500); do echo "$i,abcdefgh"; done
		printf '9,"closed"\n'
	} >in.csv
	run souk-csv --max-record 1024 in.csv
	assert_failure 1
	assert_line --index 0 'souk-csv: line 2: the quote opened in line 2 is not closed within the longest row allowed (--max-record)'
	souk-csv --max-record 1024 in.csv >out.ndjson 2>stderr.txt || true
	run jq -rc 'select(.error | not) | .a' out.ndjson
	assert_output "$(seq 3 500; echo 9)"
}

@test "a row that is too long, in and beyond a buffer" {
	for size in 1025 3000000; do
		{ printf 'a,b\n1,2\n'; head -c $size /dev/zero | tr '\0' x; printf '\r\n3,4\n'; } >in.csv
		rm -f rejects
		run bash -c 'souk-csv --max-record 1024 --rejects rejects in.csv 2>stderr.txt'
		assert_failure 1
		assert_line --index 0 '{"a":"1","b":"2"}'
		assert_line --index 2 '{"a":"3","b":"4"}'
		sha=$(sed -n 3p in.csv | tr -d '\r\n' | sha256sum | cut -d' ' -f1)
		run jq -rc 'select(.error).error | [.code, .line, .byte, .row, .length, .sha256, (.input | @base64d | length)]' \
			<(souk-csv --max-record 1024 in.csv 2>stderr.txt)
		assert_output '["too_long",3,8,2,'$size',"'"$sha"'",'$((size < 65536 ? size : 65536))']'
		cmp rejects <(sed -n 3p in.csv)
	done
}

@test "the longest row allowed is read, one byte more is not" {
	for size in 1016 1017; do
		{ printf 'a\n'; head -c $size /dev/zero | tr '\0' x; printf '\r\n'; } >$size.csv
	done
	run souk-csv --max-record 1024 1016.csv
	assert_success
	assert_output "{\"a\":\"$(sed -n 2p 1016.csv | tr -d '\r')\"}"
	run bash -c 'souk-csv --max-record 1024 1017.csv 2>stderr.txt'
	assert_failure 1
	run jq -rc '.error | [.code, .length, .message]' <<<"$output"
	assert_output '["too_long",1017,"the row as a record is longer than 1024 bytes"]'
}

@test "bytes that are not of the encoding" {
	run read_csv 'a,b\n1,2\ncaf\xe9,3\n\xc0\x80,4\n5,6\n'
	assert_failure 1
	assert_line '{"a":"5","b":"6"}'
	run errors
	assert_output '["bad_encoding",3,8,2,6]
["bad_encoding",4,15,3,4]'
	run cat stderr.txt
	assert_line --index 0 'souk-csv: line 3: not utf-8 (byte 4 of the row, 0xe9)'
	run read_csv 'a\nx\x81\n' --encoding windows-1252
	assert_failure 1
	run errors
	assert_output '["bad_encoding",2,2,1,2]'
}

@test "half a surrogate pair and half a unit in UTF-16" {
	printf 'a\0\n\0\x3d\xd8\n\0b\0\n\0\x3d\xd8\0\xdc\n\0c' >in.csv
	run bash -c 'souk-csv --encoding utf-16le in.csv 2>stderr.txt'
	assert_failure 1
	assert_line '{"a":"b"}'
	assert_line "$(printf '{"a":"\xf0\x9f\x90\x80"}')"
	run errors
	assert_output '["bad_encoding",2,4,1,3]
["bad_encoding",5,18,4,1]'
}

@test "a CR alone, outside quotes" {
	run read_csv 'a,b\n1\r2,3\n4\r"5,6\n7,8\n"9\r",0\n'
	assert_failure 1
	assert_line '{"a":"7","b":"8"}'
	assert_line '{"a":"9\r","b":"0"}'
	run errors
	assert_output '["bad_csv",2,4,1,5]
["bad_csv",3,10,2,6]'
}

@test "--rejects appends bad rows whole, in a file for its owner alone" {
	run read_csv 'a,b\n1\n"2\n3",4,5\r\n6,7\n' --rejects rejects
	assert_failure 1
	cmp rejects <(printf '1\n"2\n3",4,5\n')
	assert_equal "$(stat -c %a rejects)" 600
}

@test "of many bad rows ten are named on stderr" {
	{ echo a,b; seq 100; } >in.csv
	souk-csv in.csv 2>stderr.txt >out.ndjson || true
	assert_equal "$(wc -l <stderr.txt)" 11
	run tail -n 1 stderr.txt
	assert_output 'souk-csv: 100 rows in all were bad'
	assert_equal "$(grep -c ragged_row out.ndjson)" 100
}

# ---- What can't be read ----

# refused MESSAGE BYTES OPTION...: exit 2, no record, and the message.
refused() {
	local message=$1
	shift
	run read_csv "$@"
	assert_failure 2
	assert_output ''
	run cat stderr.txt
	assert_output --partial "$message"
}

@test "headers that name no record" {
	refused 'the header in line 1: column 2 has no name' 'a,,c\n1,2,3\n'
	refused 'the header in line 2: columns 1 and 3 are both named "a"' '\na,b,a\n1,2,3\n'
	refused 'the header in line 1: the quote opened in line 1 is not closed' '"a,b\n1,2\n'
	refused 'the header in line 1: not utf-8' 'caf\xe9\n1\n'
	refused 'the header in line 1: a carriage return that is neither' 'a,b\r1,2\r'
	refused 'column 2 is named error' 'a,error\n1,2\n'
	refused 'column 1 is named wait' 'wait\n1\n'
	refused "column 1 is named id, so --id can't add one" 'id\n1\n' --id x
	refused "column 2 is named line, so --line can't add one" 'a,line\n1,2\n' --line
}

@test "options that make no sense" {
	refused '--columns: columns 1 and 2 are both named "a"' '1\n' --columns a,a
	refused '--columns: column 2 has no name' '1\n' --columns a,
	refused '--columns: names with commas between them' '1\n' --columns 'a,"b'
	refused '--columns' '1\n' --columns ''
	refused '--delimiter ab:' 'a\n' --delimiter ab
	refused '--delimiter ":' 'a\n' --delimiter '"'
	refused '--id: at most 100 bytes' 'a\n' --id "$(printf 'x%.0s' $(seq 101))"
	refused '--encoding' 'a\n' --encoding ebcdic
}

@test "a byte order mark of another encoding" {
	refused 'say --encoding utf-16' '\xff\xfea\0\n\0'
	refused 'leave out --encoding latin-1' '\xef\xbb\xbfa\n' --encoding latin-1
	refused 'say --encoding utf-16le or utf-16be' 'a\0\n\0' --encoding utf-16
}

@test "a missing file and a failed write are exit 3" {
	run souk-csv nowhere.csv
	assert_failure 3
	assert_output 'souk-csv: nowhere.csv: No such file or directory'
	printf 'a\n1\n' >in.csv
	run bash -c 'souk-csv in.csv >/dev/full'
	assert_failure 3
	run bash -c 'souk-csv in.csv | souk-csv write >/dev/full'
	assert_failure 3
}

# ---- As a stream ----

@test "a row on an open pipe comes out without waiting for more" {
	mkfifo in out
	souk-csv <in >out 3>&- &
	exec 7>in 8<out
	printf 'a,b\n1,"2\n' >&7
	run ! read -r -t 0.2 line <&8
	printf '3"\n4' >&7
	read -r -t 5 line <&8
	assert_equal "$line" '{"a":"1","b":"2\n3"}'
	exec 7>&-
	read -r -t 5 line <&8
	[[ $line == *ragged_row* ]]
	state=0
	wait $! || state=$?
	assert_equal $state 1
	exec 8<&-
}

@test "SIGTERM: whole rows are written, exit 0" {
	mkfifo in
	souk-csv <in >out 3>&- &
	pid=$!
	exec 7>in
	printf 'a\n1\n2\n3' >&7
	for _ in $(seq 100); do
		[ "$(wc -l <out)" = 2 ] && break
		sleep 0.05
	done
	kill -TERM $pid
	wait $pid
	exec 7>&-
	run cat out
	assert_output '{"a":"1"}
{"a":"2"}'
}

@test "the same records whatever the pieces in which the input comes" {
	printf '\xef\xbb\xbfa,b\r\n"x\r\n""y""",é\r\n1\r\n,"\n"\n' >in.csv
	souk-csv in.csv >whole 2>stderr.txt || true
	assert_equal "$(wc -l <whole)" 3
	while IFS= read -r byte; do
		# shellcheck disable=SC2059
		printf "\\x$byte"
		sleep 0.001
	done < <(od -An -v -tx1 -w1 in.csv | tr -d ' ') | souk-csv 2>stderr.txt >pieces || true
	cmp whole pieces
}

# peak_kib ROWS: what souk-csv needed at most to read so many.
peak_kib() {
	rm -f in out
	mkfifo in
	souk-csv --columns a,b <in >out 3>&- &
	exec 7>in
	yes '0123456789,"0123456789 0123456789"' | head -n "$1" >&7
	until [ "$(lines out)" = "$1" ]; do
		sleep 0.05
	done
	awk '/VmHWM/ { print $2 }' /proc/$!/status
	exec 7>&-
	wait $!
}

@test "memory does not grow with the stream" {
	few=$(peak_kib 20000)
	many=$(peak_kib 400000)
	echo "$few KiB, then $many KiB"
	[ "$many" -lt $((few + 1024)) ]
}

# ---- Writing ----

# write_csv RECORDS OPTION...
write_csv() {
	printf '%s\n' "$1" >in.ndjson
	shift
	souk-csv write "$@" in.ndjson 2>stderr.txt
}

@test "write: the first record's members are the columns, missing ones are empty" {
	run write_csv '{"a":"x","b":1.10,"c":true}
{"c":null,"a":"\u00e9"}
{}'
	assert_success
	assert_output 'a,b,c
x,1.10,true
é,,
,,'
}

@test "write: fields are quoted where they have to be" {
	write_csv '{"a":"x,y","b":"\"","c":"1\n2","d":"3\r4","e":" 5;"}' >out
	cmp out <(printf 'a,b,c,d,e\n"x,y","""","1\n2","3\r4", 5;\n')
	write_csv '{"a":""}
{"a":null}' >out
	cmp out <(printf 'a\n""\n""\n')
	write_csv '{"\ufeffa":"x","b":""}' >out
	cmp out <(printf '"\xef\xbb\xbfa",b\nx,\n')
}

@test "write: --columns picks members and paths, in its order" {
	run write_csv '{"id":"o1","total":{"total":1836,"tax":[1,{"x":2}]},"lines":[{"sku":"s"}],"a.b":1}' \
		--columns lines.0.sku,total.total,total.tax,a.b,nothing,total.x.y,id
	assert_success
	assert_output 'lines.0.sku,total.total,total.tax,a.b,nothing,total.x.y,id
s,1836,"[1,{""x"":2}]",1,,,o1'
}

@test "write: numbers as they are spelled, escaped names found" {
	run write_csv '{"pr\u0069ce":10000000000000000000000.10,"n":1E+2,"s":"\ud83d\ude00"}'
	assert_output 'price,n,s
10000000000000000000000.10,1E+2,😀'
}

@test "write: --delimiter, --crlf, --no-header, --bom" {
	write_csv '{"a":"1;2","b":"3,4"}' --delimiter ';' --crlf --bom >out
	cmp out <(printf '\xef\xbb\xbfa;b\r\n"1;2";3,4\r\n')
	write_csv '{"a":"1","b":"2"}' -d tab --no-header >out
	cmp out <(printf '1\t2\n')
}

@test "write: --columns alone gives a header where there is no record" {
	run souk-csv write --columns a,b </dev/null
	assert_output 'a,b'
	run souk-csv write </dev/null
	assert_output ''
}

@test "write: --safe disarms formulas, and leaves numbers" {
	run write_csv '{"=a":"=1+1","b":"+1","c":"-1","d":"@x","e":-1,"f":"a=b","g":"\t=1","h":""}' --safe
	assert_success
	assert_output "'=a,b,c,d,e,f,g,h
'=1+1,'+1,'-1,'@x,-1,a=b,'	=1,"
	run write_csv '{"a":"=1+1"}'
	assert_line --index 1 '=1+1'
}

@test "write: a member without a column is told, not lost in silence" {
	run write_csv '{"a":1}
{"a":2,"b":3}
{"b":4,"a":5}'
	assert_failure 1
	assert_output 'a
1
2
5'
	run cat stderr.txt
	assert_output 'souk-csv: line 2: "b" is not in the first record, has no column and is not written (see --columns)
souk-csv: 2 records in all have members without a column'
	run write_csv '{"a":1}
{"a":2,"b":3}' --columns a
	assert_success
}

@test "write: failed records are rows, and say why where they are asked" {
	run write_csv '{"id":"1","error":{"by":"stock","code":"out_of_stock","message":"none"}}
{"id":"2"}' --columns id,error.code
	assert_success
	assert_output 'id,error.code
1,out_of_stock
2,'
	run write_csv '{"error":{"by":"csv","code":"bad_csv","message":"x"}}'
	assert_failure 2
	run cat stderr.txt
	assert_output --partial 'holds only an error'
}

@test "write: lines that are no records" {
	run write_csv '{"a":1}
nonsense
{"a":1,"a":2}
{"a":"\ud800"}
{"a":{"b":1,"b":2}}
{"a":3}' --columns a,a.b,error.code --rejects rejects
	assert_failure 1
	assert_output 'a,a.b,error.code
1,,
,,bad_record
,,bad_record
,,bad_record
,,bad_record
3,,'
	cmp rejects <(sed -n 2,5p in.ndjson)
	assert_equal "$(wc -l <stderr.txt)" 4
	run head -n 1 stderr.txt
	assert_output --partial 'souk-csv: line 2: '
}

# ---- There and back ----

@test "CSV to NDJSON and back is the same to the byte" {
	printf 'Handle,Body (HTML),"Option1 ""x"", y",SEO Title\nmug,"<p class=""a"">\r\n\nTea, & more</p>", lead,007\n,,,\n"a\rb",é,'"'"'0042,\n' >in.csv
	souk-csv in.csv | souk-csv write >back.csv
	cmp in.csv back.csv
	souk-csv in.csv | souk-csv write -d ';' --crlf --bom | souk-csv -d ';' | souk-csv write >back.csv
	cmp in.csv back.csv
}

@test "merchants' exports: images rows, literal backslash n, decimal commas, duplicate rows" {
	run read_csv 'Handle,Title,Variant SKU,Variant Price,Image Src\nmug,Mug,00123,4.50,https://x/1.jpg\nmug,,,,https://x/2.jpg\n'
	assert_success
	assert_line --index 1 '{"Handle":"mug","Title":"","Variant SKU":"","Variant Price":"","Image Src":"https://x/2.jpg"}'
	run read_csv 'ID;Description;Weight;Parent\n44;one\\ntwo;.5;id:44\n44;one\\ntwo;0,5;id:44\n44;one\\ntwo;0,5;id:44\n' -d ';'
	assert_success
	assert_output '{"ID":"44","Description":"one\\ntwo","Weight":".5","Parent":"id:44"}
{"ID":"44","Description":"one\\ntwo","Weight":"0,5","Parent":"id:44"}
{"ID":"44","Description":"one\\ntwo","Weight":"0,5","Parent":"id:44"}'
}
