build-os/cmd/serve/dispatch.o: cmd/serve/dispatch.c cmd/serve/serve.h \
 lib/long_line.h lib/batch.h lib/verb.h lib/record.h lib/arena.h \
 lib/text.h lib/store.h lib/souk.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h lib/tls.h
cmd/serve/serve.h:
lib/long_line.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/souk.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:
lib/tls.h:
