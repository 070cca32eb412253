using Orchestrator.Model;
using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>One table as a transaction sees it.</summary>
public readonly struct TransactionTable<T>
    where T : class
{
    private readonly Transaction transaction;
    private readonly TableSchema<T> schema;

    internal TransactionTable(Transaction transaction, TableSchema<T> schema)
    {
        this.transaction = transaction;
        this.schema = schema;
    }

    /// <summary>The object, or null; if it is another one at the point of order, the transaction runs again.</summary>
    public T? Get(string id)
    {
        if (!transaction.IsWritten(schema.Kind, id))
            transaction.Reads.Object(schema.Kind, id, transaction.Base.Table(schema.Kind).VersionOf(id));
        return transaction.Working.Table(schema).Get(id);
    }

    /// <summary>The objects of one key; if they are others at the point of order, the transaction runs again.</summary>
    public IReadOnlyList<T> Find(TableIndex<T> index, string key)
    {
        transaction.Reads.Search(schema, index, key, transaction.Base.Table(schema).Find(index, key));
        return transaction.Working.Table(schema).Find(index, key);
    }

    /// <summary>Every object; if any changes before the point of order, the transaction runs again.</summary>
    public IEnumerable<T> All()
    {
        transaction.Reads.Table(schema.Kind, transaction.Base.Table(schema.Kind).LastChange);
        return transaction.Working.Table(schema).All;
    }

    /// <summary>Adds an object under an id that no other has; its times are stamped.</summary>
    /// <exception cref="NameConflictException">A unique key of it belongs to another object.</exception>
    public T Create(T item)
    {
        var id = schema.Id(item);
        if (Get(id) is { } existing)
            throw new OutOfSequenceException(schema.Kind, id, 0, schema.Version(existing));
        return Write(id, schema.WithMeta(item, new Meta(0, transaction.Now, transaction.Now)));
    }

    /// <summary>Replaces an object by a newer value of it.</summary>
    /// <param name="item">Carries the version it was read at, from here or from a view.</param>
    /// <exception cref="OutOfSequenceException">That version is not the newest.</exception>
    /// <exception cref="NameConflictException">A unique key of it belongs to another object.</exception>
    public T Update(T item)
    {
        var id = schema.Id(item);
        var current = Get(id);
        var actual = current is null ? 0 : schema.Version(current);
        if (current is null || actual != schema.Version(item))
            throw new OutOfSequenceException(schema.Kind, id, schema.Version(item), actual);
        return Write(id, schema.WithMeta(item, schema.Meta(item) with { UpdatedAt = transaction.Now }));
    }

    /// <summary>Removes an object; nothing happens when there is none.</summary>
    public void Delete(string id)
    {
        if (Get(id) is not null)
            transaction.Write(schema.Kind, id, null);
    }

    private T Write(string id, T item)
    {
        if (transaction.Working.Table(schema).Clash(id, item) is var (index, key))
            throw new NameConflictException(schema.Kind, index, key);
        transaction.Write(schema.Kind, id, item);
        return item;
    }
}
