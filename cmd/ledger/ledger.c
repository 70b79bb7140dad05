/* SPDX-License-Identifier: ISC */
/* souk-ledger: a double-entry journal of the exports of order, pay, stock and return,
 * for hledger and beancount. */
#include "ledger.h"

/* An exported line holds a record and the error that rejected it, each of which may
 * be as long as a record. */
#define MAX_LINE (2 * SOUK_MAX_RECORD)

static const char schema[] =
#include "cmd/ledger/schema.sql.h"
;

static const char *const statements[STATEMENTS] = {
	[POST] = "INSERT INTO posting VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
		 "ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
	[ORDER_PUT] = "INSERT INTO orders VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[LINE_PUT] = "INSERT INTO line (order_id, position, name, paid, tax, tax_account) "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[PAYMENT_PUT] = "INSERT INTO payment VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[PAYMENT_EVENT_PUT] = "INSERT INTO payment_event VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
	[CANCELLED_PUT] = "INSERT INTO cancelled VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[GIVEN_BACK_PUT] = "INSERT INTO given_back VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
	[REFUND_DAY_PUT] = "INSERT INTO refund_day VALUES (?1, ?2) ON CONFLICT DO UPDATE SET day = max(day, excluded.day)",
	[CARD_PUT] = "INSERT INTO card VALUES (?1) ON CONFLICT DO NOTHING",
	[MOVEMENT_PUT] = "INSERT INTO movement VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
	[HOLD_PUT] = "INSERT INTO hold VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[COST_PUT] = "INSERT INTO cost VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[PAYMENT_EVENTS] = "SELECT e.order_id, e.payment, e.verb, e.id, e.amount, e.day, p.method, p.currency "
			   "FROM payment_event e LEFT JOIN payment p ON p.order_id = e.order_id AND p.id = e.payment",
	/* All that the order's entry says, the other way round. */
	[CANCELLED] = "SELECT c.order_id, c.id, c.day, o.day, p.currency, p.account, p.amount FROM cancelled c "
		      "LEFT JOIN orders o ON o.id = c.order_id LEFT JOIN posting p ON p.day = o.day "
		      "AND p.kind = ?1 AND p.title = 'order ' || o.id",
	/* In the order in which it was given back, which tells what rounding left for whom. */
	[GIVEN_BACK] = "SELECT g.order_id, coalesce(d.day, g.day), g.id, g.amount, g.name, o.currency "
		       "FROM given_back g LEFT JOIN refund_day d ON d.return_id = g.id "
		       "LEFT JOIN orders o ON o.id = g.order_id ORDER BY g.order_id, 2, g.id, g.part",
	[LINE_GET] = "SELECT position, paid, tax, tax_account, paid_back FROM line "
		     "WHERE order_id = ?1 AND name = ?2",
	[LINE_BACK] = "UPDATE line SET paid_back = ?3 WHERE order_id = ?1 AND position = ?2",
	[MOVEMENTS] = "SELECT m.verb, m.id, m.sku, m.qty, m.day, c.currency, c.digits, c.scale FROM movement m "
		      "JOIN cost c ON c.sku = m.sku",
	[HOLDS] = "SELECT h.order_id, o.day, h.sku, h.qty, c.currency, c.digits, c.scale FROM hold h "
		  "JOIN orders o ON o.id = h.order_id JOIN cost c ON c.sku = h.sku",
	[CURRENCIES] = "SELECT DISTINCT currency FROM posting WHERE amount <> 0 ORDER BY currency",
	[ACCOUNTS] = "SELECT account, (SELECT min(day) FROM posting) FROM posting WHERE amount <> 0 "
		     "GROUP BY account ORDER BY account",
	[JOURNAL] = "SELECT day, kind, title, currency, account, amount FROM posting WHERE amount <> 0 "
		    "ORDER BY day, kind, title, currency, account",
};

static const struct souk_function ledger_function = {
	.name = "ledger",
	.summary = "make a double-entry journal of the books",
};

static void open(struct souk_stage *stage)
{
	struct ledger *l = stage->state;

	if (!l->max_record)
		l->max_record = MAX_LINE;
	l->out.fd = 1;
}

static bool take_export(void *ledger)
{
	return read_export(ledger);
}

static bool take_cost(void *ledger)
{
	return read_cost(ledger);
}

static void read_file(struct ledger *l, bool (*take)(void *), const char *path)
{
	struct souk_lines lines = {.record = &l->line, .take = take, .context = l,
		.max_record = (size_t)l->max_record, .bad = l->bad};

	souk_lines_read(&lines, path);
	l->bad = lines.bad;
}

static void read_all(struct ledger *l, int count, char **paths)
{
	static const char *const members[] = {"export", "id", "state", "currency", "total", "opened", "record",
		"lines", "verb", "sku", "qty", "order_id", "method", "amount", "payment", "time", "event",
		"return_id", "location", "cost", "card", NULL};
	static const char *const order_members[] = {"id", "time", "currency", "ship_to", "lines", "price", "promo",
		"tax", "total", "*.charges", NULL};

	souk_record_init(&l->line, "ledger", &(struct souk_interest){.reads = members});
	souk_record_init(&l->order, "ledger", &(struct souk_interest){.reads = order_members});
	if (!count)
		read_file(l, take_export, NULL);
	for (int i = 0; i < count; i++)
		read_file(l, take_export, paths[i]);
	if (l->costs)
		read_file(l, take_cost, l->costs);
	souk_record_free(&l->line);
	souk_record_free(&l->order);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct ledger *l = stage->state;

	if (l->costs && !strcmp(l->costs, "-") && !operand_count)
		souk_die_usage("--costs -: the standard input holds the exports: name their files, or one for the costs");
	souk_scratch_open(&l->books, "the journal", schema, statements, STATEMENTS);
	read_all(l, operand_count, operands);
	if (!l->bad) {
		journal_money(l);
		journal_goods(l);
	}
	if (!l->bad)
		journal_write(l);
	else
		souk_warn("%llu record%s can't be taken: no journal of half a book", (unsigned long long)l->bad,
			l->bad == 1 ? "" : "s");
	return l->bad ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

static void close(struct souk_stage *stage)
{
	struct ledger *l = stage->state;

	souk_scratch_close(&l->books);
	souk_buffer_free(&l->out.buffer);
}

#define OPTION(field) .offset = offsetof(struct ledger, field)
static const char *const formats[] = {[HLEDGER] = "hledger", [BEANCOUNT] = "beancount", NULL};
static const struct souk_option options[] = {
	{'f', "format", "FORMAT", SOUK_OPTION_CHOICE, OPTION(format),
		.help = "the program that is to read it (default hledger)", .choices = formats},
	{0, "costs", "FILE", SOUK_OPTION_TEXT, OPTION(costs),
		.help = "what goods cost the shop, as souk-catalog list writes"},
	{'c', "country", "CC", SOUK_OPTION_TEXT, OPTION(country),
		.help = "country of orders without ship_to, as for souk-tax"},
	{0, "max-record", "BYTES", SOUK_OPTION_NUMBER, OPTION(max_record),
		.help = "longest line taken, from 1024 (default 2097152)", .min = 1024, .max = 1 << 30},
	{0},
};

SOUK_VERB(ledger) = {
	.function = &ledger_function,
	.summary = "make a double-entry journal of the books",
	.operands = "[FILE...]",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct ledger),
	.open = open,
	.run = run,
	.close = close,
};
