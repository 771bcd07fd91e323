/**
 * Couriers bring an agency what waits in its inbox; collectors fetch what it sends: by HTTPS, folder, SFTP or mail, as its entry
 * in {@code config/agencies/} says.
 *
 * <p>The routes in {@code routes/couriers/} and {@code routes/collectors/} call the beans here. The inbox stays the one place
 * where a document waits, and the broker the one who tries again; what is here says whether the agency has taken it, leaves an
 * agency alone that does not answer, and holds what an operator has paused.
 */
@NullMarked
package org.referralhub.courier;

import org.jspecify.annotations.NullMarked;
