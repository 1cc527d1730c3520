package dev.sallyport.it.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.SearchOption;

/** Gives {@link SallyportTest} classes their server, and shows what it logged when a test fails. */
final class SallyportExtension
        implements ExecutionCondition,
                BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    private static final Namespace NAMESPACE = Namespace.create(SallyportExtension.class);
    private static final int LINES_SHOWN = 80;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Settings.CURRENT.container()
                        && context.getTestClass().isPresent()
                        && !spec(context).equals(ServerSpec.PLAIN)
                ? ConditionEvaluationResult.disabled(
                        "It needs a server of another kind, which container mode does not offer")
                : ConditionEvaluationResult.enabled("");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster(context).complete();
    }

    /** Realms go with the class that made them, so that a shared server does not slow down under hundreds of them. */
    @Override
    public void afterAll(ExtensionContext context) {
        var nested = context.getRequiredTestClass().getEnclosingClass() != null;
        if (!nested) Shared.leave(spec(context));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        var lines =
                cluster(context).nodes().stream().map(node -> node.log().size()).toList();
        store(context).put("log", lines);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        chromium(context).ifPresent(Chromium::closePages);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == KeycloakServer.class || type == KeycloakCluster.class || type == Chromium.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        if (type == Chromium.class)
            return store(context.getRoot())
                    .getOrComputeIfAbsent(Chromium.class, key -> Chromium.start(), Chromium.class);
        return type == KeycloakCluster.class
                ? cluster(context)
                : cluster(context).node(1);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        showLog(context);
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        showLog(context);
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        showLog(context);
        throw failure;
    }

    private static void showLog(ExtensionContext context) {
        var nodes = cluster(context).nodes();
        List<?> since =
                Optional.ofNullable(store(context).get("log", List.class)).orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            var log = nodes.get(i).log();
            var start = since.isEmpty() ? 0 : (Integer) since.get(i);
            var from = Math.max(start, log.size() - LINES_SHOWN);
            Progress.say("%s failed; node %d wrote:".formatted(context.getDisplayName(), i + 1));
            log.subList(from, log.size()).forEach(line -> Progress.say("  " + line));
        }
    }

    private static KeycloakCluster cluster(ExtensionContext context) {
        return Shared.of(spec(context), owner(context).getSimpleName());
    }

    /**
     * The servers of this virtual machine, one of each kind, the one that was used last at the end.
     *
     * <p>NB. Not kept in JUnit's store, which ends with each class where several virtual machines take turns at the classes.
     */
    private static final class Shared {

        /** Of more the machine has no use: each works a little even where nobody asks it for anything. */
        private static final int MOST = 2;

        private static final Map<ServerSpec, KeycloakCluster> CLUSTERS = new LinkedHashMap<>(8, 0.75f, true);

        static {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> CLUSTERS.values().forEach(Shared::closeAnyway)));
        }

        /** @param name that of the class which is the first to need it */
        static KeycloakCluster of(ServerSpec spec, String name) {
            var running = CLUSTERS.get(spec);
            if (running != null) return running;

            if (CLUSTERS.size() == MOST) close(CLUSTERS.keySet().iterator().next());
            var started = KeycloakCluster.start(spec, name);
            CLUSTERS.put(spec, started);
            return started;
        }

        static void leave(ServerSpec spec) {
            try {
                CLUSTERS.get(spec).node(1).deleteRealms();
            } catch (RuntimeException e) {
                Progress.say("A server is not used again, since it cannot be tidied up: " + e);
                close(spec);
            }
        }

        // NB. One that cannot be closed must not keep the others running.
        private static void closeAnyway(KeycloakCluster cluster) {
            try {
                cluster.close();
            } catch (RuntimeException e) {
                Progress.say("A server cannot be closed: " + e);
            }
        }

        private static void close(ServerSpec spec) {
            CLUSTERS.remove(spec).close();
        }
    }

    private static Optional<Chromium> chromium(ExtensionContext context) {
        return Optional.ofNullable(store(context.getRoot()).get(Chromium.class, Chromium.class));
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    private static ServerSpec spec(ExtensionContext context) {
        return ServerSpec.of(AnnotationSupport.findAnnotation(
                        context.getRequiredTestClass(), SallyportTest.class, SearchOption.INCLUDE_ENCLOSING_CLASSES)
                .orElseThrow());
    }

    private static Class<?> owner(ExtensionContext context) {
        Class<?> owner = context.getRequiredTestClass();
        while (owner.getEnclosingClass() != null) owner = owner.getEnclosingClass();
        return owner;
    }
}
