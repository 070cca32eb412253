using System.Collections.Immutable;
using Google.Protobuf;
using Orchestrator.Model;

namespace Orchestrator.Store.Tables;

/// <summary>What the store must know of one kind of object: its id, its version, its bytes and its indexes.</summary>
internal abstract class TableSchema
{
    private protected TableSchema(ObjectKind kind, string noun)
    {
        Kind = kind;
        Noun = noun;
    }

    public ObjectKind Kind { get; }

    /// <summary>The word for one such object in messages: "service".</summary>
    public string Noun { get; }

    internal abstract Table Empty { get; }

    internal abstract string IdOf(object item);

    internal abstract ulong VersionOf(object item);

    /// <summary>The object as of the log entry that wrote it.</summary>
    internal abstract object WithVersion(object item, ulong version);

    internal abstract ByteString Encode(object item);

    internal abstract object Decode(ByteString bytes);
}

/// <inheritdoc/>
internal sealed class TableSchema<T> : TableSchema
    where T : class
{
    internal TableSchema(ObjectKind kind, string noun)
        : base(kind, noun)
    {
    }

    internal required Func<T, string> Id { get; init; }

    internal required Func<T, Meta> Meta { get; init; }

    internal required Func<T, Meta, T> WithMeta { get; init; }

    internal required Func<T, IMessage> ToMessage { get; init; }

    internal required Func<ByteString, T> FromBytes { get; init; }

    internal required ImmutableArray<TableIndex<T>> Indexes { get; init; }

    internal override Table Empty => new Table<T>(this);

    internal override string IdOf(object item) => Id((T)item);

    internal override ulong VersionOf(object item) => Version((T)item);

    internal override object WithVersion(object item, ulong version) => Stamp((T)item, version);

    internal override ByteString Encode(object item) => ToMessage((T)item).ToByteString();

    internal override object Decode(ByteString bytes) => FromBytes(bytes);

    internal ulong Version(T item) => Meta(item).Version;

    internal T Stamp(T item, ulong version) => WithMeta(item, Meta(item) with { Version = version });
}
