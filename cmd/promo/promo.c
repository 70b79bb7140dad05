/* SPDX-License-Identifier: ISC */
/* souk-promo: coupons and what is taken off without any. */
#include "promo.h"

static const char schema[] =
#include "cmd/promo/schema.sql.h"
;

static const char *const statements[] = {
	/* The same promotion again writes nothing: all but the key is derived from the body. */
	[PROMOTION_PUT] = "INSERT INTO promotion (id, automatic, limited, condition, body) "
			  "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET "
			  "automatic = excluded.automatic, condition = excluded.condition, body = excluded.body, "
			  "limited = CASE WHEN excluded.limited > promotion.limited THEN excluded.limited "
			  "ELSE promotion.limited END WHERE promotion.body <> excluded.body",
	[PROMOTION_GET] = "SELECT limited, body FROM promotion WHERE id = ?1",
	[PROMOTION_LIST] = "SELECT promotion.id, body, limited, "
			   "(SELECT taken FROM used WHERE used.promotion = promotion.id AND who = '') "
			   "FROM promotion ORDER BY promotion.id",
	[PROMOTION_AUTOMATIC] = "SELECT id FROM promotion WHERE automatic = 1 ORDER BY id",
	[CONDITION_KNOWN] = "SELECT id FROM promotion WHERE condition = ?1 AND condition <> '' LIMIT 1",
	[CONDITION_LIST] = "SELECT DISTINCT condition FROM promotion WHERE condition <> '' ORDER BY condition",
	[VERSION_GET] = "SELECT version FROM promotion_version",
	[VERSION_RAISE] = "UPDATE promotion_version SET version = version + 1",
	/* One that stands twice in a promotion, in other letters, is the same one. */
	[CODE_PUT] = "INSERT INTO code (code, promotion, pattern) VALUES (?1, ?2, ?3) "
		     "ON CONFLICT (code) DO NOTHING",
	[CODE_OF] = "SELECT promotion FROM code WHERE code = ?1 AND pattern = ?2",
	[CODE_DROP] = "DELETE FROM code WHERE promotion = ?1",
	[PATTERN_LIST] = "SELECT code, promotion FROM code WHERE pattern = 1 ORDER BY code",
	[USE_GET] = "SELECT number, taken, allowed FROM used WHERE promotion = ?1 AND who = ?2",
	[USE_MAKE] = "INSERT INTO used (promotion, who, taken, allowed) VALUES (?1, ?2, ?3, ?4)",
	[USE_TAKE] = "UPDATE used SET taken = taken + ?2, allowed = ?4 WHERE number = ?1 AND taken = ?3",
	[USE_LIST] = "SELECT promotion, who, taken, allowed FROM used ORDER BY promotion, who",
	[HOLD_PUT] = "INSERT INTO hold (id, digest, state, uses, error) VALUES (?1, ?2, ?3, ?4, ?5) "
		     "ON CONFLICT (id) DO NOTHING",
	[HOLD_PUT_ALL] = "INSERT INTO hold (id, digest, state, uses, error) SELECT c1, c2, c3, c4, c5 "
			 "FROM batch WHERE true ON CONFLICT (id) DO NOTHING",
	[HOLD_GET] = "SELECT digest, state, uses, error FROM hold WHERE id = ?1",
	[HOLD_SET] = "UPDATE hold SET state = ?2 WHERE id = ?1 AND state = 'held'",
	[HOLD_SPAN] = "SELECT id FROM hold WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[HOLD_COMMIT_ALL] = "UPDATE hold SET state = 'committed' "
			    "WHERE id BETWEEN ?1 AND ?2 AND state = 'held'",
	[HOLD_LIST] = "SELECT id, state, uses FROM hold ORDER BY id",
	[HOLD_FORGET] = "DELETE FROM hold WHERE id = ?1 AND state IN ('released', 'refused', 'none')",
};

const struct souk_function promo_function = {
	.name = "promo",
	.summary = "coupons, promotions, and how often they may be used",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

/* What stands before the name in `who`. */
static const char *const who_begins[LIMITS] = {
	[FOR_ALL] = "", [FOR_CUSTOMER] = "customer:", [FOR_CODE] = "code:",
};

struct souk_text code_fold(struct souk_text code, char *small)
{
	for (size_t i = 0; i < code.len; i++)
		small[i] = (char)(code.at[i] >= 'A' && code.at[i] <= 'Z' ? code.at[i] + ('a' - 'A') : code.at[i]);
	return (struct souk_text){small, code.len};
}

struct souk_text use_who(int limit, struct souk_text customer, struct souk_text code, char text[MAX_WHO])
{
	struct souk_text begins = souk_text_of(who_begins[limit]);
	struct souk_text name = limit == FOR_CUSTOMER ? customer : code;

	if (limit == FOR_ALL)
		return begins;
	memcpy(text, begins.at, begins.len);
	memcpy(text + begins.len, name.at, name.len);
	return (struct souk_text){text, begins.len + name.len};
}

/* Up to the byte `end`, which is passed over. */
static struct souk_text cut(struct souk_text *text, char end)
{
	const char *at = memchr(text->at, end, text->len);
	struct souk_text part = {text->at, (size_t)(at - text->at)};

	*text = (struct souk_text){at + 1, text->len - part.len - 1};
	return part;
}

bool use_next(struct souk_text *uses, struct souk_text *promotion, struct souk_text *who)
{
	if (!uses->len)
		return false;
	*promotion = cut(uses, '\t');
	*who = cut(uses, '\n');
	return true;
}

void use_put(struct souk_buffer *out, struct souk_text promotion, struct souk_text who)
{
	static const char *const members[LIMITS] = {[FOR_CUSTOMER] = "customer", [FOR_CODE] = "code"};

	souk_put_text(out, "promotion", promotion);
	for (int i = FOR_CUSTOMER; i < LIMITS; i++) {
		struct souk_text begins = souk_text_of(who_begins[i]);

		if (who.len >= begins.len && !memcmp(who.at, begins.at, begins.len))
			souk_put_text(out, members[i], (struct souk_text){who.at + begins.len, who.len - begins.len});
	}
}
