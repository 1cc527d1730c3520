package dev.sallyport.expression;

import com.google.common.collect.ImmutableSet;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction.Overload.Arithmetic;
import dev.cel.checker.CelStandardDeclarations.StandardFunction.Overload.Comparison;
import dev.cel.checker.CelStandardDeclarations.StandardOverload;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSource;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.sallyport.document.DocumentFault;
import java.util.Set;

/**
 * CEL as it is spoken here: with our variables, and without what could make a value grow or compares by letters where a person
 * means an order.
 */
final class Language {

    /** How deep an expression may nest. So small that no request's stack is ever too short for it. */
    private static final int MAX_DEPTH = 48;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(Expression.MAX_LENGTH)
            .maxParseRecursionDepth(MAX_DEPTH)
            .maxParseErrorRecoveryLimit(3)
            .comprehensionMaxIterations(Budget.STEPS)
            .maxRegexProgramSize(Inspection.MAX_PATTERN)
            .evaluateCanonicalTypesToNativeValues(true)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    // NB. Without concatenation, map and filter nothing that an expression computes is longer than what went into it.
    private static final Set<StandardOverload> GROWING =
            Set.of(Arithmetic.ADD_STRING, Arithmetic.ADD_BYTES, Arithmetic.ADD_LIST);

    // NB. Texts have no order here: 'high' < 'low', '10' < '9' and '14.10' < '14.4' would compare letters, silently.
    private static final Set<StandardOverload> BY_LETTERS = Set.of(
            Comparison.LESS_STRING,
            Comparison.LESS_EQUALS_STRING,
            Comparison.GREATER_STRING,
            Comparison.GREATER_EQUALS_STRING,
            Comparison.LESS_BYTES,
            Comparison.LESS_EQUALS_BYTES,
            Comparison.GREATER_BYTES,
            Comparison.GREATER_EQUALS_BYTES);

    private static final CelCompiler COMPILER = compiler();

    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS).build();

    private Language() {}

    private static CelCompiler compiler() {
        var builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                        .filterFunctions(
                                (function, overload) -> !GROWING.contains(overload) && !BY_LETTERS.contains(overload))
                        .build())
                .setStandardMacros(
                        CelStandardMacro.HAS,
                        CelStandardMacro.ALL,
                        CelStandardMacro.EXISTS,
                        CelStandardMacro.EXISTS_ONE)
                .setTypeProvider(Vocabulary.provider())
                .setResultType(SimpleType.BOOL);
        Vocabulary.types().forEach(builder::addVar);
        return builder.build();
    }

    /** @throws DocumentFault with the place of the first fault */
    static CelAbstractSyntaxTree check(String text) {
        if (text == null || text.isBlank()) throw new DocumentFault("", "must not be empty");
        if (text.length() > Expression.MAX_LENGTH) {
            throw new DocumentFault("", "must not be longer than " + Expression.MAX_LENGTH + " characters");
        }
        try {
            var result = COMPILER.compile(text);
            if (result.hasError()) throw fault(result.getErrors().get(0));
            return result.getAst();
        } catch (CelValidationException | RuntimeException e) {
            if (e instanceof DocumentFault fault) throw fault;
            throw fault(CelSourceLocation.of(1, 0), "cannot be read");
        }
    }

    static CelRuntime.Program program(CelAbstractSyntaxTree checked) {
        try {
            return RUNTIME.createProgram(checked);
        } catch (CelEvaluationException e) {
            throw fault(CelSourceLocation.of(1, 0), "cannot be evaluated");
        }
    }

    private static DocumentFault fault(CelIssue issue) {
        return fault(issue.getSourceLocation(), "is not a valid expression: " + sentence(issue.getMessage()));
    }

    // NB. The library lists every overload that it knows and every token that it would have liked; nobody reads that.
    private static String sentence(String message) {
        var line = message.lines().findFirst().orElse("");
        for (var tail : Set.of(" (candidates:", " expecting {", " (in container")) {
            int at = line.indexOf(tail);
            if (at > 0) line = line.substring(0, at);
        }
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    /** A fault of an expression that the library accepts and we do not. */
    static DocumentFault fault(CelSource source, long node, String reason) {
        var offset = source.getPositionsMap().getOrDefault(node, 0);
        return fault(source.getOffsetLocation(offset).orElse(CelSourceLocation.of(1, 0)), reason);
    }

    private static DocumentFault fault(CelSourceLocation place, String reason) {
        int line = Math.max(1, place.getLine());
        int column = Math.max(0, place.getColumn()) + 1;
        return new DocumentFault("", reason + " (line " + line + ", column " + column + ")");
    }

    /** The names that expressions use for facts, which nothing else may be called. */
    static Set<String> reserved() {
        return ImmutableSet.copyOf(Vocabulary.types().keySet());
    }
}
