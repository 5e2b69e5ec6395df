/*
 * analyzer, inside parse*.c: the walk over tree-sitter's concrete tree.
 *
 * A builder stands on a node of the tree; `kind` says of which. Functions that build a node of ours are called on its
 * concrete node and leave the builder there again (kind and node excepted, which are those of the last node seen).
 */
#ifndef CB_ANALYZER_PARSE_WALK_H
#define CB_ANALYZER_PARSE_WALK_H

#include "analyzer/parse.h"

#include <tree_sitter/api.h>

/* Kinds of concrete nodes: X(enumerator, name in the grammar). Expressions stand together, statements too. */
#define CB_CONCRETE_EXPRESSIONS(X)                                                                           \
    X(IDENTIFIER, "identifier")                                                                              \
    X(DOTTED_NAME, "dotted_name")                                                                            \
    X(INTEGER, "integer")                                                                                    \
    X(FLOAT, "float")                                                                                        \
    X(TRUE, "true")                                                                                          \
    X(FALSE, "false")                                                                                        \
    X(NONE, "none")                                                                                          \
    X(ELLIPSIS, "ellipsis")                                                                                  \
    X(STRING, "string")                                                                                      \
    X(CONCATENATED_STRING, "concatenated_string")                                                            \
    X(ATTRIBUTE, "attribute")                                                                                \
    X(SUBSCRIPT, "subscript")                                                                                \
    X(CALL, "call")                                                                                          \
    X(BINARY_OPERATOR, "binary_operator")                                                                    \
    X(UNARY_OPERATOR, "unary_operator")                                                                      \
    X(NOT_OPERATOR, "not_operator")                                                                          \
    X(BOOLEAN_OPERATOR, "boolean_operator")                                                                  \
    X(COMPARISON_OPERATOR, "comparison_operator")                                                            \
    X(CONDITIONAL_EXPRESSION, "conditional_expression")                                                      \
    X(PARENTHESIZED_EXPRESSION, "parenthesized_expression")                                                  \
    X(TUPLE, "tuple")                                                                                        \
    X(LIST, "list")                                                                                          \
    X(SET, "set")                                                                                            \
    X(DICTIONARY, "dictionary")                                                                              \
    X(LIST_COMPREHENSION, "list_comprehension")                                                              \
    X(SET_COMPREHENSION, "set_comprehension")                                                                \
    X(GENERATOR_EXPRESSION, "generator_expression")                                                          \
    X(DICTIONARY_COMPREHENSION, "dictionary_comprehension")                                                  \
    X(LAMBDA, "lambda")                                                                                      \
    X(AWAIT, "await")                                                                                        \
    X(YIELD, "yield")                                                                                        \
    X(NAMED_EXPRESSION, "named_expression")                                                                  \
    X(AS_PATTERN, "as_pattern")                                                                              \
    X(AS_PATTERN_TARGET, "as_pattern_target")                                                                \
    X(EXPRESSION_LIST, "expression_list")                                                                    \
    X(PATTERN_LIST, "pattern_list")                                                                          \
    X(TUPLE_PATTERN, "tuple_pattern")                                                                        \
    X(LIST_PATTERN, "list_pattern")                                                                          \
    X(LIST_SPLAT, "list_splat")                                                                              \
    X(LIST_SPLAT_PATTERN, "list_splat_pattern")                                                              \
    X(DICTIONARY_SPLAT, "dictionary_splat")                                                                  \
    X(DICTIONARY_SPLAT_PATTERN, "dictionary_splat_pattern")                                                  \
    X(KEYWORD_ARGUMENT, "keyword_argument")                                                                  \
    X(SLICE, "slice")                                                                                        \
    X(TYPE, "type")                                                                                          \
    X(GENERIC_TYPE, "generic_type")                                                                          \
    X(UNION_TYPE, "union_type")                                                                              \
    X(CONSTRAINED_TYPE, "constrained_type")                                                                  \
    X(MEMBER_TYPE, "member_type")                                                                            \
    X(SPLAT_TYPE, "splat_type")

#define CB_CONCRETE_STATEMENTS(X)                                                                            \
    X(EXPRESSION_STATEMENT, "expression_statement")                                                          \
    X(ASSIGNMENT, "assignment")                                                                              \
    X(AUGMENTED_ASSIGNMENT, "augmented_assignment")                                                          \
    X(FUTURE_IMPORT_STATEMENT, "future_import_statement")                                                    \
    X(IMPORT_STATEMENT, "import_statement")                                                                  \
    X(IMPORT_FROM_STATEMENT, "import_from_statement")                                                        \
    X(PRINT_STATEMENT, "print_statement")                                                                    \
    X(EXEC_STATEMENT, "exec_statement")                                                                      \
    X(ASSERT_STATEMENT, "assert_statement")                                                                  \
    X(RETURN_STATEMENT, "return_statement")                                                                  \
    X(DELETE_STATEMENT, "delete_statement")                                                                  \
    X(RAISE_STATEMENT, "raise_statement")                                                                    \
    X(PASS_STATEMENT, "pass_statement")                                                                      \
    X(BREAK_STATEMENT, "break_statement")                                                                    \
    X(CONTINUE_STATEMENT, "continue_statement")                                                              \
    X(GLOBAL_STATEMENT, "global_statement")                                                                  \
    X(NONLOCAL_STATEMENT, "nonlocal_statement")                                                              \
    X(TYPE_ALIAS_STATEMENT, "type_alias_statement")                                                          \
    X(IF_STATEMENT, "if_statement")                                                                          \
    X(FOR_STATEMENT, "for_statement")                                                                        \
    X(WHILE_STATEMENT, "while_statement")                                                                    \
    X(TRY_STATEMENT, "try_statement")                                                                        \
    X(WITH_STATEMENT, "with_statement")                                                                      \
    X(FUNCTION_DEFINITION, "function_definition")                                                            \
    X(CLASS_DEFINITION, "class_definition")                                                                  \
    X(DECORATED_DEFINITION, "decorated_definition")                                                          \
    X(MATCH_STATEMENT, "match_statement")

#define CB_CONCRETE_PARTS(X)                                                                                 \
    X(MODULE, "module")                                                                                      \
    X(BLOCK, "block")                                                                                        \
    X(ELIF_CLAUSE, "elif_clause")                                                                            \
    X(ELSE_CLAUSE, "else_clause")                                                                            \
    X(EXCEPT_CLAUSE, "except_clause")                                                                        \
    X(FINALLY_CLAUSE, "finally_clause")                                                                      \
    X(WITH_CLAUSE, "with_clause")                                                                            \
    X(WITH_ITEM, "with_item")                                                                                \
    X(DECORATOR, "decorator")                                                                                \
    X(PARAMETERS, "parameters")                                                                              \
    X(LAMBDA_PARAMETERS, "lambda_parameters")                                                                \
    X(TYPED_PARAMETER, "typed_parameter")                                                                    \
    X(DEFAULT_PARAMETER, "default_parameter")                                                                \
    X(TYPED_DEFAULT_PARAMETER, "typed_default_parameter")                                                    \
    X(KEYWORD_SEPARATOR, "keyword_separator")                                                                \
    X(POSITIONAL_SEPARATOR, "positional_separator")                                                          \
    X(TYPE_PARAMETER, "type_parameter")                                                                      \
    X(ARGUMENT_LIST, "argument_list")                                                                        \
    X(PAIR, "pair")                                                                                          \
    X(FOR_IN_CLAUSE, "for_in_clause")                                                                        \
    X(IF_CLAUSE, "if_clause")                                                                                \
    X(CHEVRON, "chevron")                                                                                    \
    X(RELATIVE_IMPORT, "relative_import")                                                                    \
    X(IMPORT_PREFIX, "import_prefix")                                                                        \
    X(ALIASED_IMPORT, "aliased_import")                                                                      \
    X(WILDCARD_IMPORT, "wildcard_import")                                                                    \
    X(INTERPOLATION, "interpolation")                                                                        \
    X(FORMAT_EXPRESSION, "format_expression")                                                                \
    X(FORMAT_SPECIFIER, "format_specifier")                                                                  \
    X(STRING_START, "string_start")                                                                          \
    X(STRING_END, "string_end")                                                                              \
    X(CASE_CLAUSE, "case_clause")                                                                            \
    X(CASE_PATTERN, "case_pattern")                                                                          \
    X(KEYWORD_PATTERN, "keyword_pattern")                                                                    \
    X(CLASS_PATTERN, "class_pattern")                                                                        \
    X(SPLAT_PATTERN, "splat_pattern")                                                                        \
    X(UNION_PATTERN, "union_pattern")                                                                        \
    X(DICT_PATTERN, "dict_pattern")                                                                          \
    X(COMPLEX_PATTERN, "complex_pattern")

/* Tokens that tell something. */
#define CB_CONCRETE_TOKENS(X)                                                                                \
    X(T_COMMA, ",")                                                                                          \
    X(T_COLON, ":")                                                                                          \
    X(T_EQUAL, "=")                                                                                          \
    X(T_STAR, "*")                                                                                           \
    X(T_DOUBLE_STAR, "**")                                                                                   \
    X(T_AMPERSAND, "&")                                                                                      \
    X(T_CARET, "^")                                                                                          \
    X(T_MINUS, "-")                                                                                          \
    X(T_ASYNC, "async")                                                                                      \
    X(T_FROM, "from")                                                                                        \
    X(T_AND, "and")                                                                                          \
    X(T_UNDERSCORE, "_")                                                                                     \
    X(T_ARROW, "->")                                                                                         \
    X(T_UNEQUAL, "<>")                                                                                       \
    X(T_IN, "in")                                                                                            \
    X(T_AS, "as")                                                                                            \
    X(T_IMPORT, "import")

#define CB_CONCRETE_ENUMERATOR(enumerator, name) CB_K_##enumerator,
enum cb_concrete {
    CB_K_OTHER, /* a token or node that says nothing by itself */
    CB_K_EXTRA, /* comment, line continuation: passed over */
    CB_K_ERROR,
    CB_CONCRETE_EXPRESSIONS(CB_CONCRETE_ENUMERATOR)
    CB_CONCRETE_STATEMENTS(CB_CONCRETE_ENUMERATOR)
    CB_CONCRETE_PARTS(CB_CONCRETE_ENUMERATOR)
    CB_CONCRETE_TOKENS(CB_CONCRETE_ENUMERATOR)
    CB_K_COUNT
};

static inline bool cb_is_expression(enum cb_concrete kind)
{
    return kind >= CB_K_IDENTIFIER && kind <= CB_K_SPLAT_TYPE;
}

static inline bool cb_is_statement(enum cb_concrete kind)
{
    return kind >= CB_K_EXPRESSION_STATEMENT && kind <= CB_K_MATCH_STATEMENT;
}

struct cb_parser {
    TSParser *ts;
    struct cb_names *names;
    uint8_t *kinds; /* [TSSymbol] */
    uint32_t n_kinds;
    TSFieldId field_attribute;
    bool unfolded; /* uses cb_parse_language */
    /* Kinds of the left operands' parents on the way down (parse_expression.c); shared by the builders. */
    uint8_t *spine;
    size_t n_spine, spine_capacity;
};

/* One text under one tree. */
struct cb_builder {
    struct cb_parser *parser;
    struct cb_names *names;
    struct cb_arena *arena;
    TSTreeCursor cursor;
    const char *text;
    uint32_t length;
    uint32_t first_line; /* number of the text's first line */
    uint32_t error_line;
    uint32_t depth;      /* of the node of ours that is being built */
    const struct cb_ipython *ipython; /* NULL in a fragment */
    size_t next_item;
    /* Where the builder stands. */
    TSNode node;
    enum cb_concrete kind;
};

/* A list in the making. */
struct cb_ast_list {
    struct cb_ast *first, **last;
};

static inline void cb_list_add(struct cb_ast_list *list, struct cb_ast *node)
{
    if (!node)
        return;
    *(list->first ? list->last : &list->first) = node;
    while (node->next)
        node = node->next;
    list->last = &node->next;
}

/* Bound on the depth of the building, where a level makes at most two levels of nodes; and where elif chains go on flat. */
enum { CB_DEPTH_MAX = 1400, CB_ELIF_MAX = 150 };

/* parse_walk.c: moving. cb_enter stands on the first child that is no extra; false (and no move) without one. */
bool cb_enter(struct cb_builder *b);
bool cb_next(struct cb_builder *b);
void cb_leave(struct cb_builder *b);
uint32_t cb_line(const struct cb_builder *b);
struct cb_ast *cb_node_at(struct cb_builder *b, enum cb_ast_kind kind, uint32_t line);
struct cb_ast *cb_node(struct cb_builder *b, enum cb_ast_kind kind); /* at the line of the concrete node */
cb_name cb_node_name(struct cb_builder *b);
void cb_note_error(struct cb_builder *b, uint32_t line);
struct cb_ast *cb_missing(struct cb_builder *b, struct cb_ast *node, uint32_t line); /* None where `node` is NULL */
void cb_set_context(struct cb_ast *node, uint8_t context);
/* The names in the concrete node, for what is nested too deep. */
struct cb_ast *cb_names_below(struct cb_builder *b);

/* parse_expression.c: NULL only where there is nothing (an error). */
struct cb_ast *cb_build_expression(struct cb_builder *b);
struct cb_ast *cb_build_target(struct cb_builder *b); /* of an assignment: STORE */
struct cb_ast *cb_build_arguments(struct cb_builder *b);
/* The only expression child, or a TUPLE of those there are where a comma follows one. */
struct cb_ast *cb_build_children(struct cb_builder *b, uint32_t line);
/* parse_compound.c */
struct cb_ast *cb_build_comprehension(struct cb_builder *b);
struct cb_ast *cb_build_lambda(struct cb_builder *b);
struct cb_ast *cb_build_parameters(struct cb_builder *b);
struct cb_ast *cb_build_type_parameters(struct cb_builder *b);
/* parse_string.c: of one string, or of several that stand together. */
struct cb_ast *cb_build_string(struct cb_builder *b);
/* parse_pattern.c */
struct cb_ast *cb_build_match(struct cb_builder *b);
/* parse_import.c */
struct cb_ast *cb_build_import(struct cb_builder *b);
const char *cb_build_dotted(struct cb_builder *b);
/* parse_statement.c */
struct cb_ast *cb_build_block(struct cb_builder *b); /* the statements among the children */
/* parse_ipython.c: the node of the item whose placeholder this integer is, or NULL. */
struct cb_ast *cb_build_ipython(struct cb_builder *b);

/* parse_table.c: the grammar, faster and larger. */
const TSLanguage *cb_parse_language(void);
/* parse.c: the statements of a text of its own, with lines counted from `first_line`; they hang below what is built. */
struct cb_ast *cb_parse_fragment(struct cb_builder *b, const char *text, size_t length, uint32_t first_line);

#endif
