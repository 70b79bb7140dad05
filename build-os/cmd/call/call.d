build-os/cmd/call/call.o: cmd/call/call.c cmd/call/call.h lib/address.h \
 lib/souk.h lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/text.h \
 lib/store.h lib/cache.h lib/digest.h lib/error.h lib/money.h lib/order.h \
 lib/rfc3339.h lib/tls.h
cmd/call/call.h:
lib/address.h:
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
lib/tls.h:
