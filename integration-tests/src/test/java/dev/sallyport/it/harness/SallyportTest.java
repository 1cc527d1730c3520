package dev.sallyport.it.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test in a real server. Methods and constructors may ask for a {@link KeycloakServer}, a {@link KeycloakCluster} or a
 * {@link Chromium}.
 *
 * <p>Classes with the same attributes share a server, one after the other: it may be stopped, killed and restarted, and each
 * class makes realms of its own. Another kind of server costs its start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(SallyportExtension.class)
public @interface SallyportTest {

    /** Options of {@code kc.sh start}, e.g. {@code --proxy-headers=xforwarded}. */
    String[] options() default {};

    /** Options that {@code kc.sh build} must know, e.g. {@code --spi-x509cert-lookup--provider=nginx}. */
    String[] buildOptions() default {};

    /** Whether PostgreSQL is needed: what is committed survives a kill only there. */
    boolean postgres() default false;

    /** A provider's factory that stands in a jar of its own beside the pack's, as other people's extensions do. */
    Class<?>[] extensions() default {};

    /** Whether the server has a vault, for {@link KeycloakServer#keep}. */
    boolean vault() default false;

    /** Number of clustered nodes on one PostgreSQL database. */
    int nodes() default 1;
}
