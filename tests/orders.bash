# SPDX-License-Identifier: ISC
# Loaded by tests that book whatever orders there may be.
# shellcheck disable=SC2034

# small_shop QTY: sells three mugs; of C there are QTY.
small_shop() {
	printf '{"sku":"%s","title":"Mug"}\n' A B C | souk-catalog put -e
	printf '{"sku":"%s","currency":"GBP","amount":250}\n' A B C | souk-price put -e
	echo '{"country":"GB","class":"standard","rate":"20"}' | souk-tax put -e
	printf '{"id":"r%s","sku":"%s","qty":%d}\n' 1 A 50000 2 B 50000 3 C "$1" | souk-stock receive -e
}

# orders SEED COUNT: with ids in order for a while, then in none; some come again, some
# with another content under the same id; some can't be sold or paid.
orders() {
	awk -v seed="$1" -v count="$2" '
	function chance(percent) { return rand() * 100 < percent }
	function line(id,  sku, token, means, other, n) {
		sku = chance(15) ? "C" : chance(50) ? "A" : "B"
		if (chance(2)) sku = "none"
		token = chance(6) ? "pm_card_chargeDeclined" : chance(3) ? "pm_card_authenticationRequired" : chance(2) ? "pm_card_timeout" : "pm_card_visa"
		means = "{\"method\":\"test\",\"token\":\"" token "\"}"
		# Several means: the one that may be declined is anywhere among them.
		if (chance(25)) {
			means = "{\"id\":\"z\",\"method\":\"test\",\"token\":\"" token "\"}"
			for (n = 1 + int(rand() * 4); n; n--) {
				other = "{\"id\":\"" n "\",\"method\":\"" (chance(20) ? "invoice\"" : "test\",\"token\":\"pm_card_visa\"") ",\"amount\":" 10 * n "}"
				means = chance(50) ? means "," other : other "," means
			}
		}
		return sprintf("{\"id\":\"%s\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\",\"ship_to\":{\"country\":\"GB\"},\"lines\":[{\"sku\":\"%s\",\"qty\":%d}],\"pay_with\":[%s]}",
			id, sku, 1 + int(rand() * 4), means)
	}
	BEGIN {
		srand(seed)
		ordered = 1
		for (i = 1; i <= count; i++) {
			if (chance(2)) ordered = !ordered
			if (made && chance(4)) { print lines[1 + int(rand() * made)]; continue }
			if (made && chance(2)) { print line(ids[1 + int(rand() * made)]); continue }
			made++
			ids[made] = ordered ? sprintf("o%06d", i) : sprintf("r%06d%d", int(rand() * 1000000), i)
			# An escape in an id is no other id.
			if (chance(1)) ids[made] = "\\u006f" substr(ids[made], 2)
			print lines[made] = line(ids[made])
		}
		# Whatever was drawn: one of each that the property is about.
		plain = line("last")
		sub(/"sku":"[^"]*"/, "\"sku\":\"A\"", plain)
		sub(/"pay_with":.*/, "\"pay_with\":[{\"method\":\"test\",\"token\":\"pm_card_visa\"}]}", plain)
		print plain
		again = plain; sub(/"qty":[0-9]+/, "\"qty\":9", again); print again
		again = plain; sub(/last/, "last2", again); sub(/"A"/, "\"none\"", again); print again
		again = plain; sub(/last/, "last3", again); sub(/visa/, "chargeDeclined", again); print again
		again = plain; sub(/last/, "last4", again); sub(/"A"/, "\"C\"", again); sub(/"qty":[0-9]+/, "\"qty\":5000", again); print again
	}'
}

# once_if_undecided: leaves out copies of an order that may be on its way to be rejected, or
# undecided still: how far it is tells what the copy is answered.
once_if_undecided() {
	awk -F'"' '$4 in first { if (first[$4] $0 !~ /Declined|Required|timeout/) print; next } { first[$4] = $0; print }'
}
