build-os/lib/currency.o: lib/currency.c lib/money.h lib/text.h
lib/money.h:
lib/text.h:
