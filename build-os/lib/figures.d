build-os/lib/figures.o: lib/figures.c lib/figures.h lib/order.h \
 lib/money.h lib/text.h lib/verb.h lib/record.h lib/arena.h lib/store.h
lib/figures.h:
lib/order.h:
lib/money.h:
lib/text.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
