build-os/lib/money.o: lib/money.c lib/money.h lib/text.h
lib/money.h:
lib/text.h:
