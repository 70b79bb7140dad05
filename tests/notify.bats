#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-notify: what customers are mailed, once, by a real mail server.

bats_require_minimum_version 1.5.0
load helper
load smtp.bash

teardown() {
	mail_server_stop
}

NOW=2026-01-01T00:00:00Z

# order ID EMAIL [FILTER]: a placed order, changed by a jq filter.
order() {
	jq -nc --arg id "$1" --arg email "$2" '{id: $id, currency: "GBP",
		customer: {email: $email, name: "Anna"}, ship_to: {line1: "1 High St", city: "London", country: "GB"},
		lines: [{id: "1", sku: "MUG", qty: 2}, {id: "2", sku: "CUP", qty: 1}],
		catalog: {lines: [{title: "Blue mug"}, {}]}, price: {lines: [{subtotal: 1230}, {subtotal: 5}]},
		total: {total: 1482, tax: 247}, order: {state: "placed"}} | '"${3:-.}"
}

send() {
	souk-notify send --now $NOW --from shop@example.com "$@"
}

states() {
	souk-notify list | jq -r '"\(.id) \(.state) \(.attempts)"'
}

# part TYPE FILE: the decoded text of a mail, as Python's mail parser reads it.
part() {
	python3 - "$@" <<'END'
import email, email.policy, sys
with open(sys.argv[2], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)
assert not mail.defects, mail.defects
for part in mail.walk():
    assert not part.defects, part.defects
    if part.get_content_type() == "text/" + sys.argv[1]:
        print(part.get_content(), end="")
END
}

# header NAME FILE: its value, decoded.
header() {
	python3 -c '
import email, email.policy, sys
with open(sys.argv[2], "rb") as file:
    print(email.message_from_binary_file(file, policy=email.policy.default)[sys.argv[1]])' "$@"
}

# ---- What is written ----

@test "a confirmation, to the byte" {
	mail_server
	order o1 anna@example.com >in
	run send <in
	assert_success
	assert_output "$(head -c -2 in),\"notify\":{\"kind\":\"confirmation\",\"state\":\"sent\"}}"
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com anna@example.com'
	id=$(souk-notify list | jq -r .message_id)
	[[ $id =~ ^[0-9a-f]{32}@example.com$ ]]
	mark="=_${id%@*}"
	cat >expected <<END
Date: Thu, 1 Jan 2026 00:00:00 +0000
From: <shop@example.com>
To: "Anna"
 <anna@example.com>
Subject: Your order o1
Message-ID: <$id>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="$mark"

--$mark
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Anna,

thank you for your order o1.

  2 x Blue mug                                          12.30 GBP
  1 x CUP                                                0.05 GBP
  Tax                                                    2.47 GBP
  Total                                                 14.82 GBP

It goes to: 1 High St, London, GB

--$mark
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<!DOCTYPE html>
<html><body>
<p>Dear Anna,</p>
<p>thank you for your order o1.</p>
<table>
<tr><td>2 x Blue mug</td><td align=3D"right">12.30 GBP</td></tr>
<tr><td>1 x CUP</td><td align=3D"right">0.05 GBP</td></tr>
<tr><td>Tax</td><td align=3D"right">2.47 GBP</td></tr>
<tr><td>Total</td><td align=3D"right">14.82 GBP</td></tr>
</table>
<p>It goes to: 1 High St, London, GB</p>
</body></html>
--$mark--
END
	sed 's/$/\r/' expected | cmp - mail/1.eml
}

@test "each kind by what the record says" {
	mail_server
	{
		order r1 a@example.com '.order.state = "rejected" | .error = {by: "stock", code: "out_of_stock", message: "m"}'
		order r2 a@example.com '.order.state = "rejected" | .error = {by: "pay", code: "declined", message: "m"}'
		order w1 a@example.com 'del(.order) | .wait = {by: "pay", code: "action_required", message: "m",
			url: "https://bank.example/?a=1&b=2", until: "2026-01-01T00:15:00Z"}'
		order w2 a@example.com 'del(.order) | .wait = {by: "pay", code: "unknown", message: "m"}'
		order f1 a@example.com 'del(.order) | .error = {by: "price", code: "no_price", message: "m"}'
		order o1 a@example.com '{id: "s1", order_id: "o1", order: {state: "placed", record: .},
			ship: {state: "shipped", carrier: "Royal Mail", tracking: "RM1"}, lines: [{id: "2", qty: 1}]}'
		order o1 a@example.com '{id: "f1", order_id: "o1", order: {record: .}, pay: {state: "refunded", amount: 500}}'
		order o1 a@example.com '{id: "x1", order_id: "o1", order: {record: .}, pay: {state: "captured", amount: 500}}'
	} >in
	run jq -c '[.id, .notify.kind, .notify.state]' < <(send <in)
	assert_output "$(printf '%s\n' '["r1","rejection","sent"]' '["r2","rejection","sent"]' \
		'["w1","action_required","sent"]' '["w2",null,"none"]' '["f1",null,"none"]' \
		'["s1","shipment","sent"]' '["f1","refund","sent"]' '["x1",null,"none"]')"
	assert_equal "$(for i in 1 2 3 4 5; do header subject mail/$i.eml; done)" "$(printf '%s\n' \
		'Your order r1 could not be accepted' 'Your order r2 could not be accepted' \
		'Please confirm the payment of your order w1' 'Your order o1 is on its way' 'Refund for your order o1')"
	part plain mail/1.eml | grep -q 'not enough left of what you ordered'
	part plain mail/2.eml | grep -q 'the payment was declined'
	part plain mail/3.eml | grep -qx 'https://bank.example/?a=1&b=2'
	part html mail/3.eml | grep -qF '<a href="https://bank.example/?a=1&amp;b=2">'
	part plain mail/4.eml | grep -q '^  1 x CUP'
	part plain mail/4.eml | grep -q 'Carrier: Royal Mail, tracking number RM1'
	part plain mail/5.eml | grep -q 'we have refunded 5.00 GBP for your order o1'
	# An event whose order nobody looked up.
	run send <<<'{"id":"s2","order_id":"o1","ship":{"state":"shipped"}}'
	assert_output --partial '"code":"bad_record","message":"order.record is missing: souk-order lookup adds it"'
}

@test "names, titles and subjects of any letters arrive as they are" {
	mail_server
	long=$(printf 'Zoë 李小龍 %.0s' {1..12})
	echo '{"name":"Café \"Souk\" & Söhne","from":"hello@shop.example","reply_to":"help@shop.example","footer":"Straße 1, <Köln>"}' |
		souk-notify put >/dev/null
	order o1 a@example.com ".customer.name = \"$long\" | .catalog.lines[0].title = \"<b>Tasse</b> & Ünter=\" | .ship_to.city = \"東京\"" |
		souk-notify send >/dev/null
	assert_equal "$(header subject mail/1.eml)" 'Your order o1 (Café "Souk" & Söhne)'
	assert_equal "$(header from mail/1.eml)" '"Café \"Souk\" & Söhne" <hello@shop.example>'
	assert_equal "$(header reply-to mail/1.eml)" 'help@shop.example'
	[[ $(header to mail/1.eml) == *"Zoë 李小龍 Zoë"*'<a@example.com>' ]]
	part plain mail/1.eml | grep -qF '2 x <b>Tasse</b> & Ünter='
	part plain mail/1.eml | grep -qF '東京'
	part html mail/1.eml | grep -qF '&lt;b&gt;Tasse&lt;/b&gt; &amp; Ünter='
	part html mail/1.eml | grep -qF 'Straße 1, &lt;Köln&gt;<br>'
	# Lines of at most 78 characters, all of them ASCII, ended by CRLF.
	run -1 grep -naP '[^\x00-\x7f]|^.{79,}' mail/1.eml
	assert_equal "$(grep -c $'\r$' mail/1.eml)" "$(wc -l <mail/1.eml)"
}

@test "nothing in a record can begin a header or a command" {
	mail_server
	order o1 a@example.com '.customer.name = "Eve\r\nBcc: all@example.com\r\n\r\nbody" | .ship_to.city = "x\r\n.\r\nQUIT"
		| .id = "o1\u0007"' | send >out
	order o2 a@example.com '.customer.name = "Eve\r\nBcc: all@example.com\r\n\r\nbody" | .ship_to.city = "x\r\n.\r\nMAIL FROM:<e@e>"' | send
	assert_equal "$(jq -r .error.code out)" bad_record
	assert_equal "$(accepted)" 1
	run -1 grep -nai '^bcc' mail/1.eml
	assert_equal "$(header to mail/1.eml)" '"Eve  Bcc: all@example.com    body" <a@example.com>'
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com a@example.com'
	local n=0 address
	for address in '' nobody '@example.com' 'a@' 'a b@example.com' 'a@exa mple.com' 'a@example..com' '.a@example.com' \
		'a@example.com>' '<a@example.com' 'a@b@example.com' 'ä@example.com' '"a b"@example.com' 'a@-example.com' \
		'a@example.com,b@example.com' "$(printf 'a%.0s' {1..65})@example.com"; do
		n=$((n + 1))
		run jq -r .notify.reason < <(order "n$n" "$address" | send)
		[[ $output == bad_address || ( -z $address && $output == no_address ) ]] || fail "$address: $output"
	done
	run send < <(order n0 x 'del(.customer)')
	assert_output --partial '"notify":{"kind":"confirmation","state":"none","reason":"no_address"}'
	assert_equal "$(accepted)" 1
	run -2 send --from 'shop@example.com>' </dev/null
}

# ---- The shop's own words ----

templates() {
	mkdir -p letters/de
	cat >letters/de/confirmation.txt <<-'END'
		Subject: Ihre Bestellung {order}
		Tax: MwSt.
		Total: Summe

		Guten Tag {name},

		danke für <3 Ihre Bestellung {order}
		bei {shop}:

		{lines}

		Sie geht an: {address}
	END
	printf '%s\r\n' 'Subject: Bestellung {order}' 'declined: die Zahlung wurde abgelehnt' 'other: es gab ein Problem' '' \
		'Leider nicht: {reason}.' >letters/de/rejection.txt
	printf '%s\n' 'Subject: Bitte bestätigen' '' 'Hier: {url}' >letters/de/action_required.txt
	printf '%s\n' 'Subject: Unterwegs' '' '{lines}' '' '{carrier} {tracking}' >letters/de/shipment.txt
	printf '%s\n' 'Subject: Refund' '' 'You get {amount} of {total}.' >letters/refund.txt
	printf '%s\n' '<style>p {color: red}</style><p>You get <b>{amount}</b>, {name}.</p>' >letters/refund.html
}

@test "templates: by kind and language, as text and as HTML; what has none is in English" {
	mail_server
	templates
	echo '{"name":"Laden","from":"hallo@laden.example"}' | souk-notify put >/dev/null
	{
		order o1 a@example.com '.customer.language = "de-AT" | .customer.name = "Jörg <b>{shop}\r\nX" | .catalog.lines[0].title = "Blaue Käseplatte"'
		order r1 a@example.com '.customer.language = "de" | .order.state = "rejected" | .error = {by: "pay", code: "declined", message: "m"}'
		order r2 a@example.com '.customer.language = "DE" | .order.state = "rejected" | .error = {by: "x", code: "new", message: "m"}'
		order w1 a@example.com '.customer.language = "de" | del(.order) | .wait = {by: "pay", code: "action_required", message: "m", url: "https://bank.example/?a=1&b=2"}'
		order o1 a@example.com '.customer.language = "de" | {id: "s1", order_id: "o1", order: {state: "placed", record: .},
			ship: {state: "shipped", carrier: "DHL", tracking: "JD1"}, lines: [{id: "2", qty: 1}]}'
		order o1 a@example.com '.customer.language = "fr" | {id: "f1", order_id: "o1", order: {record: .}, pay: {state: "refunded", amount: 500}}'
		order o2 a@example.com '.customer.language = "den"'
		order o3 a@example.com '.customer.language = "../de"'
	} >in
	run jq -c '[.id, .notify.state]' < <(souk-notify send --now $NOW --templates letters <in)
	assert_equal "$(grep -c sent <<<"$output")" 8
	assert_equal "$(header subject mail/1.eml)" 'Ihre Bestellung o1 (Laden)'
	{ part plain mail/1.eml; echo; } >text
	cat >expected <<-'END'
		Guten Tag Jörg <b>{shop}  X,

		danke für <3 Ihre Bestellung o1
		bei Laden:

		  2 x Blaue Käseplatte                                  12.30 GBP
		  1 x CUP                                                0.05 GBP
		  MwSt.                                                  2.47 GBP
		  Summe                                                 14.82 GBP

		Sie geht an: 1 High St, London, GB

		-- 
		Laden
	END
	diff expected text
	part html mail/1.eml >html
	grep -qF '<p>Guten Tag Jörg &lt;b&gt;{shop}  X,</p>' html
	grep -qF '<p>danke für &lt;3 Ihre Bestellung o1<br>' html
	grep -qF '<tr><td>Summe</td><td align="right">14.82 GBP</td></tr>' html
	part plain mail/2.eml | grep -qx 'Leider nicht: die Zahlung wurde abgelehnt.'
	part plain mail/3.eml | grep -qx 'Leider nicht: es gab ein Problem.'
	part html mail/4.eml | grep -qF '<p>Hier: <a href="https://bank.example/?a=1&amp;b=2">'
	part plain mail/5.eml | grep -q '^  1 x CUP'
	part plain mail/5.eml | grep -qx 'DHL JD1'
	part plain mail/6.eml | grep -qx 'You get 5.00 GBP of 14.82 GBP.'
	part html mail/6.eml | grep -qF '<style>p {color: red}</style><p>You get <b>5.00 GBP</b>, Anna.</p>'
	assert_equal "$(header subject mail/7.eml) $(header subject mail/8.eml)" 'Your order o2 (Laden) Your order o3 (Laden)'
	# Other templates make no other mail of it.
	souk-notify send --now $NOW <in >again
	assert_equal "$(jq -r .notify.state again | sort | uniq -c | xargs)" '8 sent'
	assert_equal "$(accepted)" 8
}

@test "templates that make no sense are found before the first mail" {
	wrong() { # NAME MESSAGE <CONTENT
		rm -rf letters
		mkdir -p letters/de
		cat >"letters/$1"
		run -2 souk-notify send --templates letters </dev/null
		assert_output --partial "$2"
	}
	wrong confirmation.txt 'there is no {ordr}: it must be {order}' <<<$'Subject: x\n\n{ordr}'
	wrong de/refund.html 'it holds no template' <<<'x'
	wrong de/refund.txt 'letters/de/refund.txt: it must begin with Subject:' <<<'Hello'
	wrong refund.txt 'it must have a line Subject:' <<<$'Betreff: x\n\nHello'
	wrong refund.txt 'it must have a line Subject:' <<<$'Subject: {lines}\n\nHello'
	wrong refund.txt 'must be UTF-8' <<<$'Subject: \xff\n\nHello'
	wrong de/confirmaton.txt 'letters/de/confirmaton.txt: no mail is named so' <<<$'Subject: x\n\nx'
	run -2 souk-notify send --templates none </dev/null
	assert_output --partial '--templates none: No such file or directory'
}

# ---- Once ----

@test "the same record again is not mailed again, in a batch or later; other content is a conflict" {
	mail_server
	order o1 a@example.com >in
	cat in in | send >first
	send <in >second
	assert_equal "$(sort -u first second | wc -l)" 1
	assert_equal "$(accepted)" 1
	run send < <(order o1 b@example.com)
	assert_output --partial '"code":"id_conflict","message":"another confirmation was mailed for this id"'
	run send < <(order o1 a@example.com '.total.total = 1')
	assert_output --partial '"code":"id_conflict"'
	# Another name of the shop makes no other mail.
	echo '{"name":"New name"}' | souk-notify put >/dev/null
	run jq -r .notify.state < <(send <in)
	assert_output sent
	run souk-notify retry --now 2027-01-01T00:00:00Z
	assert_output ''
	assert_equal "$(accepted)" 1
}

@test "without a mail server it is stored; retry sends it, once, by however many" {
	order o1 a@example.com | env -u SOUK_SMTP souk-notify send --from shop@example.com >out
	assert_equal "$(jq -r .notify.state out)" queued
	run -2 souk-notify retry
	mail_server
	for i in 2 3 4 5 6 7 8; do order o$i a@example.com; done | env -u SOUK_SMTP souk-notify send >out
	local pids=()
	for i in 1 2 3 4; do
		souk-notify retry >"told$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	assert_equal "$(accepted)" 8
	assert_equal "$(states | grep -c ' sent 1')" 8
	run souk-notify retry
	assert_output ''
}

@test "server away: kept, tried again later and later, given up after five days" {
	export SOUK_SMTP=smtp://127.0.0.1:1
	for i in 1 2 3; do order o$i a@example.com; done >in
	send <in >out
	assert_equal "$(jq -r .notify.state out | sort -u)" queued
	# One attempt was enough to see that nobody is there.
	assert_equal "$(states)" "$(printf '%s\n' 'o1 queued 1' 'o2 queued 0' 'o3 queued 0')"
	# After one minute, two, four; sooner it is not due.
	rm -r db/notify
	send <<<"$(head -n 1 in)" >out
	for at in 00:00:59 00:01:00 00:02:59 00:03:00; do souk-notify retry --now "2026-01-01T${at}Z" >>told; done
	assert_equal "$(lines told) $(states)" '2 o1 queued 3'
	assert_equal "$(souk-notify list | jq -r .next)" 2026-01-01T00:07:00Z
	send <in >out
	mail_server
	souk-notify retry --now 2026-01-01T01:00:00Z >told
	assert_equal "$(accepted)" 3
	assert_equal "$(souk-notify list --state sent | wc -l)" 3
	export SOUK_SMTP=smtp://127.0.0.1:1
	order o4 a@example.com | send >out
	souk-notify retry --now 2026-01-06T00:00:00Z >told
	assert_equal "$(souk-notify list | jq -r 'select(.id == "o4").state')" failed
}

@test "put off and refused: the one is tried again, the other is not" {
	mail_server
	for to in later never later-data never-data good; do order "$to" "$to@example.com"; done | send >out
	assert_equal "$(jq -r '"\(.id) \(.notify.state)"' out)" "$(printf '%s\n' 'later queued' 'never failed' \
		'later-data queued' 'never-data failed' 'good sent')"
	assert_equal "$(souk-notify list --state failed | jq -r '"\(.code) \(.reply)"')" \
		"$(printf '%s\n' '550 550 5.1.1 no such mailbox' '554 554 5.6.0 this looks like spam')"
	souk-notify retry --now 2026-01-02T00:00:00Z >told
	assert_equal "$(states | sort)" "$(printf '%s\n' 'good sent 1' 'later queued 2' 'later-data queued 2' \
		'never failed 1' 'never-data failed 1')"
}

@test "an answer that was lost: not sent again unless asked, and then as the same mail" {
	mail_server
	run jq -r .notify.state < <(order o1 lost@example.com | send)
	assert_output unknown
	souk-notify retry --now 2026-02-01T00:00:00Z >told
	assert_equal "$(accepted) $(states)" '1 o1 unknown 1'
	run jq -c 'del(.message_id)' < <(souk-notify export)
	assert_output '{"export":"notify.mail","kind":"confirmation","id":"o1","order_id":"o1","state":"unknown","attempts":1,"reply":"Failure when receiving data from the peer","time":"2026-01-01T00:00:00Z","done":"2026-01-01T00:00:00Z"}'
	souk-notify retry --unknown --now 2026-02-01T00:00:00Z >told
	assert_equal "$(accepted)" 2
	cmp mail/1.eml mail/2.eml
}

@test "kill -9 before the end of the mail: it is sent later, once" {
	mail_server
	order o1 a@example.com >in
	# The helper stands still where it asks whether it may end the mail.
	mkdir bin
	cp "$SOUK_BIN/souk-notify" bin/
	cat >bin/souk-smtp <<-END
		#!/bin/bash
		echo \$\$ >helper
		"$SOUK_BIN/souk-smtp" "\$@" | { sleep 1; : >asked; exec cat; }
	END
	chmod +x bin/souk-smtp
	bin/souk-notify send --from shop@example.com <in >out 3>&- &
	local pid=$!
	for ((i = 0; i < 100; i++)); do [ ! -e helper ] || break; sleep 0.02; done
	sleep 0.3
	kill -9 $pid
	wait $pid || true
	sleep 1
	assert_equal "$(accepted) $(states)" '0 o1 queued 1'
	# Until an attempt must be over nobody else tries.
	assert_equal "$(souk-notify retry)" ''
	souk-notify retry --now 2030-01-01T00:00:00Z >told
	assert_equal "$(accepted) $(states)" '1 o1 sent 2'
}

@test "kill -9 between the end of the mail and its answer: not sent again, and told of" {
	mail_server
	order o1 slow@example.com >in
	souk-notify send --from shop@example.com <in >out 3>&- &
	local pid=$!
	for ((i = 0; i < 100; i++)); do [ ! -e mail/1.eml ] || break; sleep 0.05; done
	kill -9 $pid
	wait $pid || true
	assert_equal "$(accepted) $(states)" '1 o1 ending 1'
	souk-notify retry --now 2030-01-01T00:00:00Z >told
	assert_equal "$(accepted) $(states)" '1 o1 unknown 1'
	assert_equal "$(souk-notify list | jq -r .reply)" 'sending it was cut off'
}

@test "who was held up for longer than its claim finds that another sent the mail, and does not" {
	mail_server
	order o1 a@example.com >in
	mkdir bin
	cp "$SOUK_BIN/souk-notify" bin/
	cat >bin/souk-smtp <<-END
		#!/bin/bash
		: >begun
		until [ -e go_on ]; do sleep 0.05; done
		exec "$SOUK_BIN/souk-smtp" "\$@"
	END
	chmod +x bin/souk-smtp
	bin/souk-notify send --from shop@example.com <in >out 3>&- &
	local pid=$!
	for ((i = 0; i < 100; i++)); do [ ! -e begun ] || break; sleep 0.05; done
	souk-notify retry --now 2030-01-01T00:00:00Z >told
	assert_equal "$(accepted) $(states)" '1 o1 sent 2'
	: >go_on
	wait $pid
	assert_equal "$(accepted) $(states)" '1 o1 sent 2'
	assert_equal "$(jq -r .notify.state out)" sent
	# Nor does it undo what the other has noted, which here waits for its next time.
	rm begun go_on
	order o2 later@example.com | bin/souk-notify send --from shop@example.com >out 3>&- &
	pid=$!
	for ((i = 0; i < 100; i++)); do [ ! -e begun ] || break; sleep 0.05; done
	local now
	now=$(date -ud '1 hour' +%s)
	souk-notify retry --now "$(date -ud "@$now" +%FT%TZ)" >told
	: >go_on
	wait $pid
	assert_equal "$(souk-notify list | jq -r 'select(.id == "o2") | [.attempts, .next] | join(" ")')" \
		"2 $(date -ud "@$((now + 120))" +%FT%TZ)"
}

@test "in a checkout: who orders is mailed, and the orders are none the worse" {
	mail_server
	echo '{"sku":"A","title":"Thing"}' | souk-catalog put >/dev/null
	echo '{"sku":"A","currency":"GBP","amount":100}' | souk-price put >/dev/null
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put >/dev/null
	echo '{"id":"r1","sku":"A","qty":3}' | souk-stock receive >/dev/null
	printf '%s\n' "\"$ROOT/pipelines/checkout\" | souk-notify send" >shop
	sed -i '1i #!/usr/bin/env -S souk run' shop
	run souk check shop
	assert_success
	for i in 1 2 3; do
		echo '{"id":"o'$i'","currency":"GBP","customer":{"email":"c'$i'@example.com"},"ship_to":{"country":"GB"},"lines":[{"sku":"A","qty":2}],"pay_with":[{"method":"test","token":"'"$([ $i = 3 ] && echo pm_card_authenticationRequired || echo pm_card_visa)"'"}]}'
	done | sed '2s/"qty":2/"qty":9/; 3s/"qty":2/"qty":1/' | souk run shop >out
	assert_equal "$(jq -r '"\(.id) \(.notify.kind) \(.notify.state)"' out)" \
		"$(printf '%s\n' 'o1 confirmation sent' 'o2 rejection sent' 'o3 action_required sent')"
	part plain mail/1.eml | grep -q 'Total  *2.40 GBP'
}

@test "put: exact bytes, and what makes no sense" {
	run souk-notify put <<<'{"name":"Shop","from":"a@shop.example"}'
	assert_output '{"name":"Shop","from":"a@shop.example","notify":{"state":"stored"}}'
	run jq -r .error.message < <(souk-notify put <<'END'
{"from":"a@shop.example"}
{"name":"x","from":"nobody"}
{"name":"x\r\nBcc: y","from":"a@b"}
END
	)
	assert_output "$(printf '%s\n' 'name is missing' 'from: must be an address such as orders@shop.example' \
		'name: must not hold control characters')"
}
