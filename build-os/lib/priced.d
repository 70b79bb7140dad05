build-os/lib/priced.o: lib/priced.c lib/priced.h lib/order.h lib/money.h \
 lib/text.h lib/verb.h lib/record.h lib/arena.h lib/store.h
lib/priced.h:
lib/order.h:
lib/money.h:
lib/text.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
