/*
 * analyzer, private part: words of a shell command line, for stubs_shell.c alone.
 */
#ifndef CB_ANALYZER_STUBS_WORDS_H
#define CB_ANALYZER_STUBS_WORDS_H

#include "base/base.h"

enum { CB_WORDS_TEXT = 8192 }; /* of one command; what is longer is not plain */

struct cb_word {
    const char *text; /* without quotes; lives until `used` is set back */
    bool plain;       /* means itself: nothing in it is expanded */
};

struct cb_words {
    const char *at; /* what is not read yet */
    size_t used;    /* of `text` */
    char here[64];  /* what ends the here-document that the next line begins; "" for none */
    char text[CB_WORDS_TEXT];
};

struct cb_word cb_word_read(struct cb_words *words);
void cb_word_skip_blanks(struct cb_words *words);
/* The lines of a here-document, up to the one that ends it. `at` is on the line's end. */
void cb_word_skip_document(struct cb_words *words);
/* Whether a number before a redirection comes next, as in 2>. */
bool cb_word_is_descriptor(const struct cb_words *words);

#endif
