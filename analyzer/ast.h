/*
 * analyzer, private part: Python's abstract syntax, as the standard library's `ast` module has it (3.11 and the
 * `type` statement and type parameters of 3.12), in one kind of node. Made by parse.c from the concrete tree of
 * tree-sitter, which nothing else sees.
 *
 * A node has up to four children and is itself linked into its parent's list by `next`. "list" below means the
 * first node of such a chain, or NULL. A syntax error leaves out what could not be understood.
 *
 *   kind          name         a            b           c           d          text / flags
 *   -- statements (lists through `next`) --
 *   EXPR          -            value
 *   ASSIGN        -            targets list value
 *   ANN_ASSIGN    -            target       annotation  value|NULL
 *   AUG_ASSIGN    -            target       value                              target is STORE; it reads as well
 *   DELETE        -            targets list
 *   FOR           -            target       iterable    body        orelse     ASYNC
 *   WHILE         -            test         -           body        orelse
 *   IF            -            test         -           body        orelse     elif: an IF alone in orelse
 *   WITH          -            items list   -           body        -          ASYNC; items are WITH_ITEM
 *   WITH_ITEM     -            context      target|NULL
 *   TRY           -            handlers     finally     body        orelse     handlers are HANDLER
 *   HANDLER       as-name|0    type|NULL    -           body        -          STAR for except*
 *   MATCH         -            subject      cases list                         cases are CASE
 *   CASE          -            pattern      guard|NULL  body
 *   FUNCTION      own name     params list  decorators  body        returns|NULL   ASYNC; `extra`: type parameters
 *   CLASS         own name     args list    decorators  body        -          args as in CALL; `extra`: type parameters
 *   IMPORT        -            aliases list                                    aliases are ALIAS
 *   IMPORT_FROM   -            aliases list                                    text: module ("" for `from . import`), level: `value`; STAR
 *   ALIAS         as-name|0    -                                               text: dotted name
 *   GLOBAL        -            NAME list
 *   NONLOCAL      -            NAME list
 *   RETURN        -            value|NULL
 *   RAISE         -            exception|NULL cause|NULL
 *   ASSERT        -            test         message|NULL
 *   PASS BREAK CONTINUE
 *   TYPE_ALIAS    -            NAME         value                              `extra`: type parameters
 *   IPYTHON       -            code|NULL    -           -           -          value: index into the cell's items (ipython.h);
 *                                                                              `a`: list of expressions of {…} and $x, or the statements that it runs
 *   -- expressions --
 *   NAME          name                                                         ctx in flags
 *   ATTRIBUTE     attribute    value                                           ctx
 *   SUBSCRIPT     -            value        index                              ctx
 *   STARRED       -            value                                           ctx
 *   CALL          -            function     args list                          args: expressions, STARRED, KEYWORD
 *   KEYWORD       name|0       value                                           0: **value
 *   BOOL_OP       -            list                                            short-circuits after the first
 *   UNARY         -            value
 *   BINARY        -            left         right
 *   COMPARE       -            list                                            may short-circuit after the second
 *   IF_EXP        -            test         then        otherwise
 *   TUPLE LIST SET -           list                                            ctx
 *   DICT          -            list                                            k, v, k, v …; DOUBLE_STAR alone
 *   DOUBLE_STAR   -            value
 *   LIST_COMP SET_COMP GENERATOR -  element     clauses list                       clauses are CLAUSE
 *   DICT_COMP     -            key          clauses     value
 *   CLAUSE        -            target       iterable    conditions list        ASYNC
 *   LAMBDA        -            params list  -           body expression
 *   AWAIT YIELD YIELD_FROM -   value|NULL
 *   NAMED         -            target NAME  value
 *   STRING        -                                                            text: its value as UTF-8, NULL where not plain (bytes, surrogates, NUL, over 4096 bytes)
 *   FSTRING       -            list                                            parts: STRING and expressions, in order
 *   NUMBER        -                                                            value: if a small non-negative integer, else -1
 *   CONSTANT      -                                                            value: enum cb_constant
 *   SLICE         -            lower|NULL   upper|NULL  step|NULL
 *   -- parameters, type parameters --
 *   PARAM         name         default|NULL annotation|NULL                    STAR for *args, DOUBLE for **kwargs, KEYWORD_ONLY, POSITIONAL_ONLY
 *   TYPE_PARAM    name         bound|NULL
 *   -- patterns --
 *   P_CAPTURE     name|0       pattern|NULL                                    `case x`, `case … as x`; 0: `_`
 *   P_VALUE       -            expression
 *   P_SEQUENCE    -            list
 *   P_STAR        name|0
 *   P_MAPPING     rest|0       list                                            key expression, pattern, key, pattern …
 *   P_CLASS       -            class expr   patterns list                      keyword patterns without their keywords
 *   P_OR          -            list
 */
#ifndef CB_ANALYZER_AST_H
#define CB_ANALYZER_AST_H

#include "analyzer/names.h"

enum cb_ast_kind {
    CB_AST_NONE,
    CB_AST_EXPR, CB_AST_ASSIGN, CB_AST_ANN_ASSIGN, CB_AST_AUG_ASSIGN, CB_AST_DELETE, CB_AST_FOR, CB_AST_WHILE, CB_AST_IF,
    CB_AST_WITH, CB_AST_WITH_ITEM, CB_AST_TRY, CB_AST_HANDLER, CB_AST_MATCH, CB_AST_CASE, CB_AST_FUNCTION, CB_AST_CLASS,
    CB_AST_IMPORT, CB_AST_IMPORT_FROM, CB_AST_ALIAS, CB_AST_GLOBAL, CB_AST_NONLOCAL, CB_AST_RETURN, CB_AST_RAISE,
    CB_AST_ASSERT, CB_AST_PASS, CB_AST_BREAK, CB_AST_CONTINUE, CB_AST_TYPE_ALIAS, CB_AST_IPYTHON,
    CB_AST_NAME, CB_AST_ATTRIBUTE, CB_AST_SUBSCRIPT, CB_AST_STARRED, CB_AST_CALL, CB_AST_KEYWORD, CB_AST_BOOL_OP,
    CB_AST_UNARY, CB_AST_BINARY, CB_AST_COMPARE, CB_AST_IF_EXP, CB_AST_TUPLE, CB_AST_LIST, CB_AST_SET, CB_AST_DICT,
    CB_AST_DOUBLE_STAR, CB_AST_LIST_COMP, CB_AST_SET_COMP, CB_AST_GENERATOR, CB_AST_DICT_COMP, CB_AST_CLAUSE,
    CB_AST_LAMBDA, CB_AST_AWAIT, CB_AST_YIELD, CB_AST_YIELD_FROM, CB_AST_NAMED, CB_AST_STRING, CB_AST_FSTRING,
    CB_AST_NUMBER, CB_AST_CONSTANT, CB_AST_SLICE, CB_AST_PARAM, CB_AST_TYPE_PARAM,
    CB_AST_P_CAPTURE, CB_AST_P_VALUE, CB_AST_P_SEQUENCE, CB_AST_P_STAR, CB_AST_P_MAPPING, CB_AST_P_CLASS, CB_AST_P_OR
};

enum cb_ast_flags {
    CB_AST_LOAD = 0,
    CB_AST_STORE = 1,
    CB_AST_DEL = 2,
    CB_AST_CTX = 3, /* mask */
    CB_AST_ASYNC = 4,
    CB_AST_STAR = 8,
    CB_AST_DOUBLE = 16,
    CB_AST_KEYWORD_ONLY = 32,
    CB_AST_POSITIONAL_ONLY = 64,
    CB_AST_PARENTHESIZED = 128 /* of an ANN_ASSIGN target: `(x): int` binds nothing and annotates nothing (ast's simple=0) */
};

enum cb_constant { CB_CONSTANT_NONE, CB_CONSTANT_TRUE, CB_CONSTANT_FALSE, CB_CONSTANT_ELLIPSIS };

struct cb_scope;

struct cb_ast {
    uint8_t kind, flags;
    uint16_t reserved;
    uint32_t line; /* from 1, in the cell */
    cb_name name;
    int32_t value;
    const char *text;
    struct cb_ast *a, *b, *c, *d, *next;
    struct cb_ast *extra;
    struct cb_scope *scope; /* of FUNCTION, CLASS, LAMBDA and comprehensions: the scope they open (scope.c) */
};

#endif
