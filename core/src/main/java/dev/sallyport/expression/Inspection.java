package dev.sallyport.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.navigation.TraversalOrder;
import dev.sallyport.document.DocumentFault;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a type-checked expression relies on, and whether it keeps the rules that types cannot say: its patterns are constant and
 * small, its loops nest at most twice, it compares facts with words that they can be, and the attributes of the user that it depends on can be told from its text.
 */
final class Inspection {

    /** The largest pattern, in characters, and in instructions once it is compiled. */
    static final int MAX_PATTERN = 200;

    private static final int MAX_UNFOLDED = 200_000;
    private static final java.util.regex.Pattern REPETITION = java.util.regex.Pattern.compile("\\{(\\d+)(?:,(\\d*))?}");

    private static final int MAX_LOOPS = 2;
    private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_", "@in");

    private final CelAbstractSyntaxTree ast;
    private final Set<String> userAttributes = new TreeSet<>();
    private final Set<String> facts = new TreeSet<>();

    private Inspection(CelAbstractSyntaxTree ast) {
        this.ast = ast;
    }

    /** @throws DocumentFault with the place of the fault */
    static Inspection of(CelAbstractSyntaxTree checked) {
        var inspection = new Inspection(checked);
        CelNavigableAst.fromAst(checked)
                .getRoot()
                .allNodes(TraversalOrder.PRE_ORDER)
                .forEach(inspection::inspect);
        return inspection;
    }

    Set<String> userAttributes() {
        return Set.copyOf(userAttributes);
    }

    /** The variables that are mentioned. */
    Set<String> facts() {
        return Set.copyOf(facts);
    }

    private void inspect(CelNavigableExpr node) {
        switch (node.getKind()) {
            case STRUCT -> throw fault(node, "must not make objects");
            case COMPREHENSION -> loop(node);
            case CALL -> call(node);
            case IDENT -> {
                var name = name(node.expr());
                if (Language.reserved().contains(name)) facts.add(name);
                if (name.equals(Vocabulary.USER)) user(node);
            }
            default -> {}
        }
    }

    private void loop(CelNavigableExpr node) {
        if (Language.reserved().contains(node.expr().comprehension().iterVar())) {
            throw fault(node, "must not use the name of a fact for an element of a list");
        }
        int loops = 0;
        for (var at = Optional.of(node); at.isPresent(); at = at.get().parent()) {
            if (at.get().getKind() == Kind.COMPREHENSION) loops++;
        }
        if (loops > MAX_LOOPS) throw fault(node, "must not nest all, exists and exists_one more than twice");
    }

    private void call(CelNavigableExpr node) {
        var call = node.expr().call();
        if (COMPARISONS.contains(call.function()) && call.args().size() == 2) {
            comparison(node, call.args().get(0), call.args().get(1));
            comparison(node, call.args().get(1), call.args().get(0));
        }
        boolean matches = ast.getReference(node.id()).stream()
                .flatMap(reference -> reference.overloadIds().stream())
                .anyMatch(overload -> overload.startsWith("matches"));
        if (!matches) return;
        var pattern = call.args().get(call.args().size() - 1);
        var text = text(pattern).orElseThrow(() -> fault(node, "must match against a pattern in quotes"));
        if (text.length() > MAX_PATTERN || unfolded(text) > MAX_UNFOLDED) {
            throw fault(node, "has a pattern that is too large");
        }
        try {
            if (Pattern.compile(text).programSize() > MAX_PATTERN) throw fault(node, "has a pattern that is too large");
        } catch (PatternSyntaxException e) {
            throw fault(node, "has a faulty pattern");
        }
    }

    private void comparison(CelNavigableExpr node, CelExpr compared, CelExpr with) {
        var fact = path(compared);
        if (fact.isEmpty()) return;
        var words = with.getKind() == Kind.LIST ? with.list().elements() : List.of(with);
        words.stream()
                .flatMap(word -> text(word).stream())
                .flatMap(word -> Words.fault(fact.get(), word).stream())
                .findFirst()
                .ifPresent(reason -> {
                    throw fault(node, reason);
                });
    }

    /** How a fact is written: a variable, or a field of one. */
    private Optional<String> path(CelExpr expression) {
        if (expression.getKind() == Kind.IDENT) return Optional.of(name(expression));
        if (expression.getKind() != Kind.SELECT) return Optional.empty();
        var select = expression.select();
        return path(select.operand()).map(operand -> operand + "." + select.field());
    }

    // NB. Compiling unfolds repetitions: ((a{30}){30}){30} becomes 27,000 letters. Here as if each stood within the
    // others.
    static double unfolded(String pattern) {
        double size = pattern.length();
        var counts = REPETITION.matcher(pattern);
        while (counts.find()) {
            size *= Math.max(1, Math.max(count(counts.group(1)), count(counts.group(2))));
        }
        return size;
    }

    private static double count(String digits) {
        return digits == null || digits.isEmpty() ? 1 : Double.parseDouble(digits);
    }

    // NB. Only what names the attribute in the text is accepted. A computed key, or the user handed on as a whole,
    // could be
    // any attribute, and so one that the user edits.
    private void user(CelNavigableExpr node) {
        var field = node.parent()
                .filter(parent -> parent.getKind() == Kind.SELECT)
                .orElseThrow(() -> fault(node, "must say which field of user it means"));
        switch (field.expr().select().field()) {
            case Vocabulary.USERNAME, Vocabulary.EMAIL ->
                userAttributes.add(field.expr().select().field());
            case Vocabulary.ATTRIBUTES ->
                userAttributes.add(field.parent()
                        .flatMap(user -> attribute(user.expr(), field.expr()))
                        .orElseThrow(
                                () -> fault(field, "must name the attribute of the user, as user.attributes['name']")));
            default -> {}
        }
    }

    private static Optional<String> attribute(CelExpr use, CelExpr attributes) {
        if (use.getKind() == Kind.SELECT) return Optional.of(use.select().field());
        if (use.getKind() != Kind.CALL || use.call().args().size() != 2) return Optional.empty();
        var arguments = use.call().args();
        return switch (use.call().function()) {
            case "_[_]" -> isSame(arguments.get(0), attributes) ? text(arguments.get(1)) : Optional.empty();
            case "@in" -> isSame(arguments.get(1), attributes) ? text(arguments.get(0)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean isSame(CelExpr one, CelExpr other) {
        return one.id() == other.id();
    }

    private static Optional<String> text(CelExpr expression) {
        return expression.getKind() == Kind.CONSTANT && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? Optional.of(expression.constant().stringValue())
                : Optional.empty();
    }

    private String name(CelExpr ident) {
        return ast.getReference(ident.id())
                .map(reference -> reference.name())
                .orElse(ident.ident().name());
    }

    private DocumentFault fault(CelNavigableExpr node, String reason) {
        return Language.fault(ast.getSource(), node.id(), reason);
    }
}
