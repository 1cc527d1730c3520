package dev.sallyport.outbound.realm;

import dev.sallyport.outbound.OutboundRule;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** The way out for tests of what goes out by it. */
public final class WayOut {

    private WayOut() {}

    /** To this machine and nowhere else. */
    public static OutboundHttp toThisMachine() {
        try {
            return new OutboundHttp(OutboundRule.of("127.0.0.0/8"), InetAddress::getAllByName, SSLContext.getDefault());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
