/* SPDX-License-Identifier: ISC */
/* souk.h: all that a verb needs. */
#ifndef SOUK_H
#define SOUK_H

#include "again.h"
#include "batch.h"
#include "cache.h"
#include "digest.h"
#include "error.h"
#include "hold.h"
#include "money.h"
#include "order.h"
#include "record.h"
#include "store.h"
#include "text.h"
#include "rfc3339.h"
#include "verb.h"

#endif
