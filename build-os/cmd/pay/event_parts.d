build-os/cmd/pay/event_parts.o: cmd/pay/event_parts.c cmd/pay/event.h \
 cmd/pay/pay.h cmd/pay/provider.h lib/souk.h lib/batch.h lib/verb.h \
 lib/record.h lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h \
 lib/error.h lib/money.h lib/order.h lib/rfc3339.h
cmd/pay/event.h:
cmd/pay/pay.h:
cmd/pay/provider.h:
lib/souk.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:
