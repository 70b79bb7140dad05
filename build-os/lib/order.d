build-os/lib/order.o: lib/order.c lib/order.h lib/money.h lib/text.h \
 lib/verb.h lib/record.h lib/arena.h lib/store.h
lib/order.h:
lib/money.h:
lib/text.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
