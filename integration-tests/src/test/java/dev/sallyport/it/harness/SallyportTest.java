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
 * <p>Without attributes the class uses the one server that all such classes share: make a realm, leave the server alone.
 * With any attribute set it gets a server of its own, which it may stop, kill and restart, and which costs its start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(SallyportExtension.class)
public @interface SallyportTest {

    /** Whether the class needs a server of its own, though no other attribute says so. */
    boolean own() default false;

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
