using Google.Protobuf;
using Orchestrator.Protocol.V1;
using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>A transaction as the bytes of a log entry, within the limits.</summary>
internal static class TransactionCodec
{
    /// <exception cref="TooLargeException">An object or the whole is over its limit.</exception>
    public static byte[] Encode(IEnumerable<PendingChange> changes, StoreOptions options)
    {
        var message = new StoreTransaction { Schema = StoreState.Schema };
        message.Changes.AddRange(changes.Select(change => Encode(change, options.MaxObjectBytes)));
        var size = message.CalculateSize();
        return size <= options.MaxTransactionBytes
            ? message.ToByteArray()
            : throw new TooLargeException("The change", size, options.MaxTransactionBytes);
    }

    private static StoreChange Encode(PendingChange change, int limit)
    {
        var encoded = new StoreChange
        {
            Kind = (uint)change.Kind, Id = change.Id, PreviousVersion = change.PreviousVersion,
        };
        if (change.Value is not null)
            encoded.Value = Schemas.Of(change.Kind).Encode(change.Value);
        return encoded.Value.Length <= limit
            ? encoded
            : throw new TooLargeException(
                $"The {Schemas.Of(change.Kind).Noun} {change.Id}", encoded.Value.Length, limit);
    }
}
