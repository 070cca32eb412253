using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Orchestrator.Security;

/// <summary>
/// Bounds the connections of those who have shown no certificate of the cluster, or not yet. Each costs memory whether
/// it says anything or not; a node that is known does not count, so that strangers cannot crowd out the cluster.
/// </summary>
/// <param name="most">Strangers at once; one more is turned away before its handshake.</param>
internal sealed class StrangerLimit(int most)
{
    private int strangers;

    /// <summary>Goes around the handshake.</summary>
    public void UseBefore(ListenOptions listen) => listen.Use(next => connection => AdmitAsync(connection, next));

    /// <summary>Goes behind it, where who calls is known.</summary>
    public static void UseBehind(ListenOptions listen) => listen.Use(next => connection =>
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not null)
            connection.Features.Get<Stranger>()?.Leave();
        return next(connection);
    });

    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var stranger = new Stranger(this);
        try
        {
            if (Volatile.Read(ref strangers) > most)
            {
                connection.Abort(); // At once: answering would cost what is to be spared.
                return;
            }

            connection.Features.Set(stranger);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            stranger.Leave();
        }
    }

    /// <summary>One connection's place among the strangers.</summary>
    private sealed class Stranger
    {
        private readonly StrangerLimit limit;
        private int hasLeft;

        public Stranger(StrangerLimit limit)
        {
            this.limit = limit;
            Interlocked.Increment(ref limit.strangers);
        }

        public void Leave()
        {
            if (Interlocked.Exchange(ref hasLeft, 1) == 0)
                Interlocked.Decrement(ref limit.strangers);
        }
    }
}
