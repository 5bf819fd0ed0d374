package dev.postern.server.upstream;

import com.ongres.scram.common.util.TlsServerEndpoint;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What a login is tied to: the certificate that the server showed on this very connection. Somebody
 * in between shows another.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5929#section-4">RFC 5929, "The
 *     tls-server-end-point Channel Binding Type"</a>
 */
final class ServerEndPoint {

    private ServerEndPoint() {}

    /**
     * Returns the hash of the server's certificate, by the hash function of its signature or, if
     * that is MD5 or SHA-1, by SHA-256; empty if its signature has none (Ed25519, Ed448), or
     * without TLS.
     */
    static byte[] bindingData(@Nullable SslHandler tls) {
        if (tls == null) {
            return new byte[0];
        }
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            return chain[0] instanceof X509Certificate certificate && hasHash(certificate)
                    ? TlsServerEndpoint.getChannelBindingData(certificate)
                    : new byte[0];
        } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
            return new byte[0];
        }
    }

    private static boolean hasHash(X509Certificate certificate) {
        return !certificate.getSigAlgName().startsWith("Ed");
    }
}
