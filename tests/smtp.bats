#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-smtp: what it says became of a mail, against a real server.

bats_require_minimum_version 1.5.0
load helper
load smtp.bash

teardown() {
	mail_server_stop
}

# mail TO [TEXT]
mail() {
	jq -nc --arg to "$1" --arg text "${2:-hello}" \
		'{id: "m1", from: "shop@example.com", to: $to, message: "Subject: x\r\n\r\n\($text)\r\n"}'
}

@test "accepted: the bytes that were given, with lines of dots" {
	mail_server
	run souk-smtp < <(mail anna@example.com $'.\r\n..two\r\n.')
	assert_success
	assert_output '{"id":"m1","smtp":{"state":"accepted","code":250,"reply":"250 2.0.0 accepted"}}'
	printf 'Subject: x\r\n\r\n.\r\n..two\r\n.\r\n' | cmp - mail/1.eml
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com anna@example.com'
}

@test "put off, refused, and not known, told apart; one connection, one answer each" {
	mail_server
	for to in later never anna later-data never-data lost anna; do mail $to@example.com; done |
		souk-smtp >out
	assert_equal "$(jq -c '[.smtp.state, .smtp.code]' out)" "$(printf '%s\n' '["temporary",451]' \
		'["permanent",550]' '["accepted",250]' '["temporary",452]' '["permanent",554]' '["unknown",null]' \
		'["accepted",250]')"
	assert_equal "$(jq -r .smtp.reply out | sed -n '1,2p;4,5p')" "$(printf '%s\n' \
		'451 4.2.1 try again later' '550 5.1.1 no such mailbox' '452 4.3.1 the disk is full' \
		'554 5.6.0 this looks like spam')"
	assert_equal "$(accepted)" 3
}

@test "no server, a server of another kind, one that says nothing: temporary" {
	run souk-smtp --smtp smtp://127.0.0.1:1 < <(mail anna@example.com)
	assert_success
	assert_output --partial '"state":"temporary","reply":"Couldn'
	coproc nc { exec timeout 20 python3 -c '
import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
c, _ = s.accept(); c.sendall(b"554 no mail here\r\n"); c.recv(100)
c, _ = s.accept(); c.recv(100)'; }
	read -r port <&"${nc[0]}"
	# A server that takes no mail at all is no verdict on this one.
	run souk-smtp --smtp "smtp://127.0.0.1:$port" < <(mail anna@example.com)
	assert_output --partial '"state":"temporary","code":554'
	run souk-smtp --smtp "smtp://127.0.0.1:$port" --timeout 1s < <(mail anna@example.com)
	assert_output --partial '"state":"temporary"'
	kill "$nc_PID" 2>/dev/null || true
}

# ---- TLS and logins ----
# 0.0.0.0 reaches this machine, and souk-smtp does not take it for this machine.

# certificate NAME: NAME.pem holds one for it, and its key.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
		-addext "subjectAltName=$2" -keyout "$1.key" -out "$1.crt" 2>/dev/null
	cat "$1.crt" "$1.key" >"$1.pem"
}

# far [OPTION...]: a mail through $PORT as if it were of another machine.
far() {
	run souk-smtp --smtp "${SCHEME:-smtp}://${LOGIN:+$LOGIN@}0.0.0.0:$PORT" "$@" < <(mail anna@example.com)
}

@test "without TLS nothing leaves the machine unless --plain says so" {
	mail_server
	far
	assert_output --partial '"state":"temporary"'
	assert_equal "$(accepted)" 0
	far --plain
	assert_output --partial '"state":"accepted"'
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com anna@example.com'
}

@test "STARTTLS, and TLS from the beginning: with a certificate that is valid for the name, or not at all" {
	certificate mail IP:0.0.0.0
	certificate other DNS:other.example
	SMTPD_CERTIFICATE=mail.pem mail_server
	CURL_CA_BUNDLE=mail.crt far
	assert_output --partial '"state":"accepted"'
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com anna@example.com tls'
	# Nobody vouches for it; --plain is for servers that have no TLS.
	far
	assert_output --partial '"state":"temporary"'
	far --plain
	assert_output --partial '"state":"temporary"'
	mail_server_stop
	SMTPD_CERTIFICATE=other.pem mail_server
	CURL_CA_BUNDLE=other.crt far
	assert_output --partial '"state":"temporary"'
	mail_server_stop
	SMTPD_CERTIFICATE=mail.pem SMTPD_TLS=implicit mail_server
	SCHEME=smtps CURL_CA_BUNDLE=mail.crt far
	assert_output --partial '"state":"accepted"'
	SCHEME=smtps far
	assert_output --partial '"state":"temporary"'
	assert_equal "$(accepted) $(cat mail/2.envelope)" '2 shop@example.com anna@example.com tls'
}

@test "a login from the address or ~/.netrc; a wrong or missing one is no verdict on the mail" {
	certificate mail IP:0.0.0.0
	export CURL_CA_BUNDLE=mail.crt HOME=$PWD
	SMTPD_CERTIFICATE=mail.pem SMTPD_LOGIN='shop@example.com:p:w d' mail_server
	LOGIN=shop%40example.com:p%3Aw%20d far
	assert_output --partial '"state":"accepted"'
	assert_equal "$(cat mail/1.envelope)" 'shop@example.com anna@example.com tls shop@example.com'
	LOGIN=shop%40example.com:wrong far
	assert_output --partial '"state":"temporary","code":535'
	far
	assert_output --partial '"state":"temporary","code":530'
	echo 'machine 0.0.0.0 login shop@example.com password "p:w d"' >.netrc
	chmod 600 .netrc
	far
	assert_output --partial '"state":"accepted"'
	assert_equal "$(accepted)" 2
	# A login is not sent in the clear.
	mail_server_stop
	mail_server
	LOGIN=shop%40example.com:secret far
	assert_output --partial '"state":"temporary"'
	refute_output --partial secret
}

@test "--confirm: who does not say go stops the mail" {
	mail_server
	mail anna@example.com >in
	run bash -c 'souk-smtp --confirm <in 3< <(printf "go\n")'
	assert_line '{"id":"m1","smtp":{"state":"ending"}}'
	assert_output --partial '"state":"accepted"'
	run bash -c 'souk-smtp --confirm <in 3</dev/null'
	assert_output --partial '"state":"temporary"'
	assert_equal "$(accepted)" 1
}

@test "what makes no sense" {
	run -2 env -u SOUK_SMTP souk-smtp </dev/null
	run -2 souk-smtp --smtp http://localhost </dev/null
	assert_output --partial 'smtp://HOST'
	run souk-smtp --smtp smtp://127.0.0.1:1 <<<'{"id":"1","from":"a@b","to":"c@d"}'
	assert_output --partial '"code":"bad_record","message":"message: must be the text of a mail"'
	run souk-smtp --smtp smtp://127.0.0.1:1 <<<'{"id":"1","from":"a@b\r\nRCPT TO:<x@y>","to":"c@d","message":""}'
	assert_output --partial 'must not hold control characters'
}
