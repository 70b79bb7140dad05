#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# souk-account: who customers are, and that nobody else learns it, guesses it or stays it.

bats_require_minimum_version 1.5.0
load helper

NOW=2026-03-01T12:00:00Z

# ask VERB RECORD [OPTION...]: of the cheapest hashing there is.
ask() {
	local verb=$1 record=$2
	shift 2
	case $verb in register | login | password | put | close) set -- --memory 1 --passes 1 "$@" ;; esac
	souk-account "$verb" --now "${AT:-$NOW}" "$@" <<<"$record"
}
said() { jq -c 'if .error then .error.code else .account end'; }

# put ID EMAIL PASSWORD: an account without letters.
put() { ask put '{"id":"'"$1"'","account":{"email":"'"$2"'","password":"'"$3"'","name":"Anna"}}' "${@:4}"; }
# login ID EMAIL PASSWORD [MEMBERS]
login() { ask login '{"id":"'"$1"'","account":{"email":"'"$2"'","password":"'"$3"'"}'"${4:+,$4}"'}' "${@:5}"; }
# session ID EMAIL PASSWORD: its token.
session() { login "$@" | jq -r .account.session.token; }
# with TOKEN ID [MEMBERS]: a record of that session.
with() { printf '{"id":"%s","session":{"token":"%s"}%s}' "$2" "$1" "${3:+,$3}"; }
who() { ask who "$(with "$1" w)" | said; }
# letters: kind, address and token of those that are due.
letters() {
	souk-account letters --now "${AT:-$NOW}" --url https://shop.example >letters
	jq -r '[.account.letter, .customer.email, (.account.url | split("#")[1])] | join(" ")' letters
}
handed_on() { souk-notify send <letters | souk-account mailed >/dev/null; }
in_database() {
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")' "$SOUK_DB/account/account.db" "$1"
}

@test "from the registration by the letter to the session, and out again" {
	run ask register '{"id":"r1","n": 1.10,"account":{"email":"Anna@Example.com","password":"correct horse","name":"Anna","language":"de"}}'
	assert_output '{"id":"r1","n": 1.10,"account":{"state":"mailed"}}'
	# Before the letter is answered there is no account.
	assert_equal "$(login l0 anna@example.com 'correct horse' | said)" '"wrong_login"'
	read -r kind email token < <(letters)
	assert_equal "$kind $email" 'verify Anna@Example.com'
	assert_equal "$(jq -c 'del(.id, .account.url)' letters)" '{"customer":{"email":"Anna@Example.com","name":"Anna","language":"de"},"account":{"letter":"verify","until":"2026-03-03T12:00:00Z"}}'
	assert_equal "$(jq -r .account.url letters)" "https://shop.example/verify#$token"
	run ask verify '{"id":"v1","account":{"token":"'"$token"'"}}'
	id=$(jq -r .account.customer.id <<<"$output")
	assert_output '{"id":"v1","account":{"state":"verified","customer":{"id":"'"$id"'"}}}'
	# Capitals make no other address.
	login l1 ANNA@example.com 'correct horse' >in
	assert_equal "$(jq -c '.account | del(.csrf, .session)' in)" '{"state":"known","customer":{"id":"'"$id"'","email":"Anna@Example.com","name":"Anna","language":"de"},"role":"customer"}'
	assert_equal "$(jq -r .account.session.until in)" 2026-03-31T12:00:00Z
	assert_equal "$(jq -c keys in)" '["account","id"]'
	token=$(jq -r .account.session.token in)
	csrf=$(python3 -c 'import base64, hashlib, hmac, sys
print(base64.urlsafe_b64encode(hmac.new(base64.urlsafe_b64decode(sys.argv[1] + "="), b"csrf", hashlib.sha256).digest()).decode().rstrip("="))' "$token")
	assert_equal "$(who "$token")" '{"state":"known","customer":{"id":"'"$id"'","email":"Anna@Example.com","name":"Anna","language":"de"},"role":"customer","csrf":"'"$csrf"'"}'
	assert_equal "$(jq -r .account.csrf in)" "$csrf"
	assert_equal "$(ask logout "$(with "$token" o1)" | said)" '{"state":"guest"}'
	assert_equal "$(ask logout "$(with "$token" o1)" | said)" '{"state":"guest"}'
	assert_equal "$(who "$token")" '{"state":"guest"}'
}

@test "a token is of use once, in its time, and for what it was made" {
	ask register '{"id":"r1","account":{"email":"a@example.com","password":"correct horse"}}' >/dev/null
	read -r _ _ token < <(letters)
	assert_equal "$(AT=2026-03-03T12:00:00Z ask verify '{"id":"v0","account":{"token":"'"$token"'"}}' | said)" '"bad_token"'
	assert_equal "$(ask password '{"id":"v0","account":{"token":"'"$token"'","new_password":"battery staple"}}' | said)" '"bad_token"'
	for bad in '' x "${token}A" "${token%?}" "$(tr A-Za-z B-ZAb-za <<<"$token")"; do
		assert_equal "$(ask verify '{"id":"v0","account":{"token":"'"$bad"'"}}' | said)" '"bad_token"'
	done
	first=$(ask verify '{"id":"v1","account":{"token":"'"$token"'"}}')
	# The same event gives the same answer; another finds the token used.
	assert_equal "$(ask verify '{"id":"v1","account":{"token":"'"$token"'"}}')" "$first"
	assert_equal "$(ask verify '{"id":"v2","account":{"token":"'"$token"'"}}' | said)" '"bad_token"'
}

# Each of an address that has an account, of one that has registered only, and of one that is
# unknown: bytes but for the id.
@test "no answer tells whether an address is registered" {
	put p1 known@example.com 'correct horse' >/dev/null
	ask register '{"id":"r1","account":{"email":"begun@example.com","password":"correct horse"}}' >/dev/null
	for who in known begun unknown; do
		email='"email":"'$who'@example.com"'
		{
			for n in 1 2 3 4 5 6 7 8; do
				ask login '{"id":"l'$n$who'","client":{"address":"192.0.2.1"},"account":{'"$email"',"password":"wrong wrong"}}'
			done
			ask reset '{"id":"reset'$who'","account":{'"$email"'}}'
			ask register '{"id":"short'$who'","account":{'"$email"',"password":"short"}}'
			ask register '{"id":"again'$who'","account":{'"$email"',"password":"correct horse"}}'
		} | sed "s/$who//g" >"$who"
	done
	cmp known unknown
	cmp begun unknown
	assert_equal "$(jq -r '.error.code // .account.state' known | sort | uniq -c | awk '{ print $1, $2 }')" \
		"$(printf '%s\n' '2 mailed' '3 too_many' '1 weak_password' '5 wrong_login')"
	# The letters tell, and only whoever has the address.
	letters | cut -d' ' -f1,2 | sort -u >kinds
	grep -qx 'registered known@example.com' kinds
	grep -qx 'reset known@example.com' kinds
	grep -qx 'verify begun@example.com' kinds
	run -1 grep -E 'verify known|reset (begun|unknown)' kinds
}

@test "a password is guessed five times, however many try at once; who is slow enough waits longer" {
	put p1 a@example.com 'correct horse' >/dev/null
	pids=()
	for p in 1 2 3 4; do
		for i in {1..50}; do
			echo '{"id":"g'$p-$i'","client":{"address":"192.0.2.1"},"account":{"email":"a@example.com","password":"guess '$p-$i'"}}'
		done | souk-account login --memory 1 --passes 1 --now "$NOW" >"out$p" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	assert_equal "$(jq -r .error.code out? | sort | uniq -c | awk '{ print $1, $2 }')" "$(printf '195 too_many\n5 wrong_login')"
	client='"client":{"address":"192.0.2.1"}'
	# The right password is not looked at either.
	assert_equal "$(login x1 a@example.com 'correct horse' "$client" | jq -c '[.error.code, .error.retry_after]')" '["too_many",1]'
	assert_equal "$(AT=2026-03-01T12:00:01Z login x2 a@example.com wrongwrong "$client" | said)" '"wrong_login"'
	assert_equal "$(AT=2026-03-01T12:00:01Z login x3 a@example.com 'correct horse' "$client" | jq .error.retry_after)" 2
	# The same guess again, after a lost answer, is no other guess.
	assert_equal "$(AT=2026-03-01T12:00:01Z login x2 a@example.com wrongwrong "$client" | said)" '"wrong_login"'
	AT=2026-03-01T12:00:03Z login x4 a@example.com wrongwrong "$client" >/dev/null
	assert_equal "$(AT=2026-03-01T12:00:03Z login x5 a@example.com 'correct horse' "$client" | jq .error.retry_after)" 4
	# Nothing is locked: after the delay the owner is let in, and begins anew.
	assert_equal "$(AT=2026-03-01T12:00:07Z login x6 a@example.com 'correct horse' "$client" | jq -r .account.state)" known
	assert_equal "$(AT=2026-03-01T12:00:07Z login x7 a@example.com wrongwrong "$client" | said)" '"wrong_login"'
}

@test "who guesses from everywhere keeps nobody out who was in before, or has the letter" {
	put p1 a@example.com 'correct horse' >/dev/null
	login l1 a@example.com 'correct horse' '"client":{"address":"home"}' >/dev/null
	for i in {1..60}; do
		echo '{"id":"g'$i'","client":{"address":"bot-'$i'"},"account":{"email":"a@example.com","password":"guess '$i'"}}'
	done | souk-account login --memory 1 --passes 1 --now "$NOW" | jq -r .error.code | sort | uniq -c | awk '{ print $1, $2 }' >out
	assert_equal "$(cat out)" "$(printf '10 too_many\n50 wrong_login')"
	assert_equal "$(login l2 a@example.com 'correct horse' '"client":{"address":"office"}' | said)" '"too_many"'
	assert_equal "$(login l3 a@example.com 'correct horse' '"client":{"address":"home"}' | jq -r .account.state)" known
	ask reset '{"id":"f1","account":{"email":"a@example.com"}}' >/dev/null
	read -r _ _ token < <(letters)
	ask password '{"id":"f2","client":{"address":"office"},"account":{"token":"'"$token"'","new_password":"battery staple"}}' >/dev/null
	assert_equal "$(login l4 a@example.com 'battery staple' '"client":{"address":"office"}' | jq -r .account.state)" known
	# One client at many addresses is slowed down as well.
	for i in {1..60}; do
		echo '{"id":"s'$i'","client":{"address":"spray"},"account":{"email":"u'$i'@example.com","password":"password1"}}'
	done | souk-account login --memory 1 --passes 1 --now "$NOW" | jq -r .error.code | sort | uniq -c | awk '{ print $1, $2 }' >out
	assert_equal "$(cat out)" "$(printf '10 too_many\n50 wrong_login')"
}

@test "a login has a token of its own, and ends the session that it came with" {
	put p1 a@example.com 'correct horse' >/dev/null
	put p2 b@example.com 'battery staple' >/dev/null
	old=$(session l1 b@example.com 'battery staple')
	# Planted by another, or made up.
	planted='"session":{"token":"'$old'"}'
	new=$(session l2 a@example.com 'correct horse' "$planted")
	[ "$old" != "$new" ]
	assert_equal "$(who "$old")" '{"state":"guest"}'
	assert_equal "$(who "$new" | jq -r .customer.email)" a@example.com
	made_up=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
	other=$(session l3 a@example.com 'correct horse' '"session":{"token":"'$made_up'"}')
	assert_equal "$(who "$made_up")" '{"state":"guest"}'
	assert_equal "$(who "$other" | jq -r .state)" known
	# A wrong password ends nothing.
	login l4 a@example.com 'wrong wrong' '"session":{"token":"'"$new"'"}' >/dev/null
	assert_equal "$(who "$new" | jq -r .state)" known
	for token in '"x"' 1 null '{}' "\"$other=\""; do
		assert_equal "$(ask who '{"id":"w","session":{"token":'"$token"'}}' | said)" '{"state":"guest"}'
	done
	assert_equal "$(ask who '{"id":"w"}' | said)" '{"state":"guest"}'
	assert_equal "$(ask logout "$(with "$other" o1 '"account":{"everywhere":true}')" | said)" '{"state":"guest"}'
	assert_equal "$(who "$new")" '{"state":"guest"}'
}

@test "a login again gives the same answer without a token, and only to who has the password" {
	put p1 a@example.com 'correct horse' >/dev/null
	login l1 a@example.com 'correct horse' >first
	run login l1 a@example.com 'correct horse'
	assert_output "$(jq -c 'del(.account.session, .account.csrf)' first)"
	assert_equal "$(login l1 a@example.com 'wrong wrong' | said)" '"wrong_login"'
	assert_equal "$(in_database 'SELECT COUNT(*) FROM session')" 1
	put p2 b@example.com 'battery staple' >/dev/null
	assert_equal "$(login l1 b@example.com 'battery staple' | said)" '"id_conflict"'
	# Both in one batch: one session.
	yes '{"id":"l2","account":{"email":"a@example.com","password":"correct horse"}}' | head -n 2 |
		souk-account login --memory 1 --passes 1 --now "$NOW" | jq -c '.account | has("session")' | sort | tr -d '\n' | grep -qx falsetrue
}

@test "a session ends when it was idle, and at last whatever is done" {
	put p1 a@example.com 'correct horse' >/dev/null
	token=$(session l1 a@example.com 'correct horse' '' --idle 2d --lifetime 5d)
	assert_equal "$(AT=2026-03-01T13:00:00Z who "$token" | jq .renew)" null
	assert_equal "$(AT=2026-03-02T12:00:00Z who "$token" | jq .renew)" true
	assert_equal "$(AT=2026-03-03T12:00:00Z who "$token")" '{"state":"guest"}'
	AT=2026-03-02T12:00:00Z ask renew "$(with "$token" n1)" | said | grep -qx '{"state":"known"}'
	assert_equal "$(AT=2026-03-03T12:00:00Z who "$token" | jq -r .state)" known
	AT=2026-03-04T11:00:00Z ask renew "$(with "$token" n2)" >/dev/null
	AT=2026-03-05T11:00:00Z ask renew "$(with "$token" n3)" >/dev/null
	assert_equal "$(AT=2026-03-06T11:59:59Z who "$token" | jq -c '[.state,.renew]')" '["known",null]'
	assert_equal "$(AT=2026-03-06T12:00:00Z who "$token")" '{"state":"guest"}'
	assert_equal "$(AT=2026-03-06T12:00:00Z ask renew "$(with "$token" n4)" | said)" '{"state":"guest"}'
	# Of staff sooner.
	put p2 s@example.com 'battery staple' --role staff >/dev/null
	token=$(session l2 s@example.com 'battery staple')
	assert_equal "$(AT=2026-03-01T12:59:59Z who "$token" | jq -r .role)" staff
	assert_equal "$(AT=2026-03-01T13:00:00Z who "$token")" '{"state":"guest"}'
	run souk-account expire --now 2026-03-07T00:00:00Z
	assert_equal "$(jq -c .expired.sessions <<<"$output")" 2
	assert_equal "$(in_database 'SELECT COUNT(*) FROM session')" 0
}

@test "another password logs all others out; the old one is asked for, or the letter" {
	put p1 a@example.com 'correct horse' >/dev/null
	mine=$(session l1 a@example.com 'correct horse')
	theirs=$(session l2 a@example.com 'correct horse')
	change() { ask password "$(with "$mine" "$1" '"account":{"password":"'"$2"'","new_password":"'"$3"'"}')" | said; }
	assert_equal "$(change c1 'wrong wrong' 'battery staple')" '"wrong_password"'
	assert_equal "$(change c1 'correct horse' short)" '"weak_password"'
	assert_equal "$(who "$theirs" | jq -r .state)" known
	assert_equal "$(change c2 'correct horse' 'battery staple')" '{"state":"changed"}'
	assert_equal "$(change c2 'correct horse' 'battery staple')" '{"state":"changed"}'
	assert_equal "$(who "$mine" | jq -r .state)" known
	assert_equal "$(who "$theirs")" '{"state":"guest"}'
	assert_equal "$(login l3 a@example.com 'correct horse' | said)" '"wrong_login"'
	assert_equal "$(login l4 a@example.com 'battery staple' | jq -r .account.state)" known
	assert_equal "$(ask password "$(with "$theirs" c3 '"account":{"password":"battery staple","new_password":"correct horse"}')" | said)" '"not_logged_in"'
	assert_equal "$(letters)" 'password_changed a@example.com '
	handed_on
	# By a letter: even of who is logged in nobody stays.
	ask reset '{"id":"f1","account":{"email":"a@example.com"}}' >/dev/null
	read -r kind _ token < <(letters)
	assert_equal "$kind" reset
	assert_equal "$(AT=2026-03-01T13:00:00Z ask password '{"id":"f2","account":{"token":"'"$token"'","new_password":"third password"}}' | said)" '"bad_token"'
	assert_equal "$(ask password '{"id":"f3","account":{"token":"'"$token"'","new_password":"third password"}}' | said)" '{"state":"changed"}'
	assert_equal "$(ask password '{"id":"f4","account":{"token":"'"$token"'","new_password":"another one"}}' | said)" '"bad_token"'
	assert_equal "$(who "$mine")" '{"state":"guest"}'
	assert_equal "$(login l5 a@example.com 'third password' | jq -r .account.state)" known
	# Guessing the old password is slowed down as a login is.
	mine=$(session l6 a@example.com 'third password')
	for i in {1..7}; do change "g$i" "guess $i" 'battery staple'; done | sort | uniq -c | awk '{ print $1, $2 }' >out
	assert_equal "$(cat out)" "$(printf '2 "too_many"\n5 "wrong_password"')"
}

@test "who registers another's address first gets nothing of it" {
	ask register '{"id":"evil","account":{"email":"victim@example.com","password":"known to thief"}}' >/dev/null
	letters >/dev/null
	handed_on
	ask register '{"id":"good","account":{"email":"victim@example.com","password":"known to owner"}}' >/dev/null
	read -r _ _ token < <(letters)
	ask verify '{"id":"v1","account":{"token":"'"$token"'"}}' >/dev/null
	assert_equal "$(login l1 victim@example.com 'known to thief' | said)" '"wrong_login"'
	assert_equal "$(login l2 victim@example.com 'known to owner' | jq -r .account.state)" known
	assert_equal "$(in_database 'SELECT COUNT(*) FROM registration')" 0
	assert_equal "$(in_database 'SELECT COUNT(*) FROM token')" 0
}

@test "a mailbox gets five letters of a kind in an hour, and a letter is mailed until it was" {
	put p1 a@example.com 'correct horse' >/dev/null
	for i in {1..8}; do ask reset '{"id":"f'$i'","account":{"email":"a@example.com"}}' >/dev/null; done
	assert_equal "$(letters | cut -d' ' -f1 | uniq -c | awk '{ print $1, $2 }')" '5 reset'
	read -r _ _ first < <(letters)
	assert_equal "$(jq -r .id letters | cut -d. -f2 | sort -u)" 2
	handed_on
	assert_equal "$(letters)" ''
	# A letter that may have been mailed twice is good either way, once.
	assert_equal "$(ask password '{"id":"x1","account":{"token":"'"$first"'","new_password":"battery staple"}}' | said)" '{"state":"changed"}'
	AT=2026-03-01T13:00:01Z ask reset '{"id":"f9","account":{"email":"a@example.com"}}' >/dev/null
	AT=2026-03-01T13:00:01Z letters | grep -q '^reset'
	# By the pipeline, in words.
	cp "$ROOT/pipelines/letters" .
	sed -i "s/letters |/letters --now 2026-03-01T13:00:01Z --url https:\/\/shop.example |/" letters
	run -0 souk run ./letters
	assert_equal "$(jq -c '[.notify.kind, .notify.state, .account]' <<<"$output")" \
		"$(printf '%s\n' '["password_changed","queued",{"state":"mailed"}]' '["reset","queued",{"state":"mailed"}]')"
	mkdir words
	printf 'Subject: %s\n\n%s\n' '{shop}: neues Passwort' 'Guten Tag {name}, bis {until}: {url}' >words/reset.txt
	AT=2026-03-01T13:00:02Z ask reset '{"id":"f10","account":{"email":"a@example.com"}}' >/dev/null
	run -0 souk-notify send --templates words < <(souk-account letters --now 2026-03-01T13:00:02Z | jq -c 'select(.account.letter == "reset")')
	assert_equal "$(jq -r .notify.kind <<<"$output")" reset
}

@test "addresses are kept for who is logged in, and all of them are answered" {
	put p1 a@example.com 'correct horse' >/dev/null
	put p2 b@example.com 'battery staple' >/dev/null
	mine=$(session l1 a@example.com 'correct horse') other=$(session l2 b@example.com 'battery staple')
	address() { ask address-put "$(with "$1" "$2" '"account":{"address":'"$3"'}')"; }
	home='{"id":"home","name":"Anna","line1":"1 Mall","city":"London","postcode":"SW1Y 4JH","country":"GB"}'
	run address "$mine" a1 "$home"
	assert_output "$(with "$mine" a1 '"account":{"state":"known","addresses":['"$home"']}')"
	second=$(address "$mine" a2 '{"name":"Bob","line1":"2 Mall","city":"Wien","country":"AT"}')
	assert_equal "$(jq -r '.account.addresses | map(.name) | join(" ")' <<<"$second")" 'Anna Bob'
	# The same id takes the place of the one before; the same event does nothing again.
	assert_equal "$(address "$mine" a3 "${home/Anna/Ann}" | jq -r '.account.addresses | map(.name) | join(" ")')" 'Ann Bob'
	assert_equal "$(address "$mine" a1 "$home" | jq -c .account.addresses)" "[$home]"
	assert_equal "$(ask address-list "$(with "$mine" x)" | jq -r '.account.addresses | map(.name) | join(" ")')" 'Ann Bob'
	assert_equal "$(ask address-list "$(with "$other" x)" | jq -c .account.addresses)" '[]'
	# What another sends removes nothing of mine; account.customer of a record says nothing.
	ask address-remove "$(with "$other" d1 '"account":{"customer":{"id":"x"},"address":{"id":"home"}}')" >/dev/null
	assert_equal "$(ask address-remove "$(with "$mine" d2 '"account":{"address":{"id":"home"}}')" | jq -r '.account.addresses | map(.name) | join(" ")')" Bob
	for bad in "${home/GB/gb}" "${home/GB/GBR}" "${home/1 Mall/}" "${home/\"city\"/\"town\"}"; do
		assert_equal "$(address "$mine" bad "$bad" | said)" '"bad_record"'
	done
	assert_equal "$(address AAAA a9 "$home" | said)" '"not_logged_in"'
	for i in {1..19}; do address "$mine" "m$i" "$home" >/dev/null; address "$mine" "n$i" "${home/home/n$i}" >/dev/null; done
	assert_equal "$(address "$mine" o1 "${home/home/o1}" | said)" '"too_many_addresses"'
}

@test "who closes an account leaves nothing behind that says who it was" {
	put p1 a@example.com 'correct horse' >/dev/null
	mine=$(session l1 a@example.com 'correct horse')
	ask address-put "$(with "$mine" a1 '"account":{"address":{"name":"Anna Secret","line1":"1 Hidden Mall","city":"London","country":"GB"}}')" >/dev/null
	ask reset '{"id":"f1","account":{"email":"a@example.com"}}' >/dev/null
	assert_equal "$(ask close "$(with "$mine" c1 '"account":{"password":"wrong wrong"}')" | said)" '"wrong_password"'
	assert_equal "$(souk-account export | jq -r .addresses[0].line1)" '1 Hidden Mall'
	first=$(ask close "$(with "$mine" c2 '"account":{"password":"correct horse"}')")
	assert_equal "$(jq -c '.account | [.state, (.customer.id | length)]' <<<"$first")" '["closed",25]'
	assert_equal "$(ask close "$(with "$mine" c2 '"account":{"password":"correct horse"}')")" "$first"
	run -1 grep -aiE 'a@example\.com|secret|hidden|argon' "$SOUK_DB/account/account.db"
	assert_equal "$(souk-account export)" ''
	assert_equal "$(who "$mine")" '{"state":"guest"}'
	assert_equal "$(login l2 a@example.com 'correct horse' | said)" '"wrong_login"'
	# The address is free again, for another account.
	assert_equal "$(put p3 a@example.com 'correct horse' | jq -r '.account.customer.id')" "$(souk-account export | jq -r .id)"
	[ "$(souk-account export | jq -r .id)" != "$(jq -r .account.customer.id <<<"$first")" ]
}

@test "only the command line makes anybody staff" {
	for role in '"role":"staff"' '"role":{"staff":true}'; do
		ask put '{"id":"p1","role":"staff","account":{"email":"a@example.com","password":"correct horse",'"$role"'}}' >out
		assert_equal "$(jq -r .account.role out)" customer
	done
	ask register '{"id":"r1","account":{"email":"b@example.com","password":"correct horse","role":"staff"}}' >/dev/null
	read -r _ _ token < <(letters)
	ask verify '{"id":"v1","account":{"token":"'"$token"'","role":"staff"}}' >/dev/null
	assert_equal "$(souk-account export | jq -r .role | sort -u)" customer
	token=$(session l1 a@example.com 'correct horse')
	put p2 a@example.com 'battery staple' --role staff | jq -c '[.account.state, .account.role]' | grep -qx '\["stored","staff"\]'
	# Who was in by the old password is out.
	assert_equal "$(who "$token")" '{"state":"guest"}'
	assert_equal "$(login l2 a@example.com 'battery staple' | jq -r .account.role)" staff
}

@test "no password or token stands where it is not needed" {
	{
		put p1 a@example.com 'PASSWORD-one' -v
		ask register '{"id":"r1","account":{"email":"b@example.com","password":"PASSWORD-two"}}' -v
		ask register '{"id":"r2","account":{"email":"b@example","password":"PASSWORD"}}' -v
		login l1 a@example.com 'PASSWORD-wrong' '' -v
		login l2 a@example.com 'PASSWORD-one' '' -v --rejects rejects | tee in
		ask login '{"id":"l3","account":{"email":"a@example.com","password":"PASSWORD-bad\u0001"}}' -v --rejects rejects
		ask login '{"id":"l4","account":{"email":7,"password":"PASSWORD-bad"}}' -v --rejects rejects
		token=$(jq -r .account.session.token in)
		ask password "$(with "$token" c1 '"account":{"password":"PASSWORD-one","new_password":"PASSWORD-new"}')" -v | jq -c 'del(.session)'
		ask close "$(with "$token" c2 '"account":{"password":"PASSWORD-not"}')" -v | jq -c 'del(.session)'
		souk-account export
	} >out 2>&1
	assert_equal "$(grep -c '"id"' out)" 10
	run -1 grep -i password- out
	run -1 grep -F '$argon2' out
	[ ! -s rejects ]
	assert_equal "$(grep -c "$token" out)" 1
	# Not in the state either, but as it has to be.
	cat "$SOUK_DB"/account/* >all
	run -1 grep -aE "PASSWORD-|$token" all
	assert_equal "$(in_database 'SELECT password FROM account' | cut -d'$' -f2-4)" 'argon2id$v=19$m=1024,t=1,p=1'
	# As OWASP has it, unless said otherwise; an older hash becomes one of those at a login.
	souk-account login <<<'{"id":"l5","account":{"email":"a@example.com","password":"PASSWORD-new"}}' | jq -e .account.session >/dev/null
	assert_equal "$(in_database 'SELECT password FROM account' | cut -d'$' -f2-4)" 'argon2id$v=19$m=19456,t=2,p=1'
	souk-account login <<<'{"id":"l6","account":{"email":"a@example.com","password":"PASSWORD-new"}}' | jq -e .account.session >/dev/null
}
