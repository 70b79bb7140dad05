build-os/cmd/invoice/parts.o: cmd/invoice/parts.c cmd/invoice/credit.h \
 cmd/invoice/invoice.h lib/priced.h lib/order.h lib/money.h lib/text.h \
 lib/verb.h lib/record.h lib/arena.h lib/store.h lib/souk.h lib/batch.h \
 lib/cache.h lib/digest.h lib/error.h lib/rfc3339.h
cmd/invoice/credit.h:
cmd/invoice/invoice.h:
lib/priced.h:
lib/order.h:
lib/money.h:
lib/text.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
lib/souk.h:
lib/batch.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/rfc3339.h:
