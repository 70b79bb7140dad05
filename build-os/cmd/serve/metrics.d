build-os/cmd/serve/metrics.o: cmd/serve/metrics.c lib/address.h \
 cmd/serve/serve.h lib/long_line.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/souk.h lib/cache.h lib/digest.h \
 lib/error.h lib/money.h lib/order.h lib/rfc3339.h lib/tls.h
lib/address.h:
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
