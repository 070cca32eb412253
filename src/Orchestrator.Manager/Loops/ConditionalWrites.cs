using Orchestrator.Model;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Loops;

/// <summary>Writing what was planned from a view: only where the object is still the one that was looked at.</summary>
internal static class ConditionalWrites
{
    /// <summary>
    /// Writes <paramref name="planned"/> unless its object has changed since; the change brings about another pass.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    public static bool UpdateIfUnchanged<T>(this TransactionTable<T> table, T planned)
        where T : class, IStoreObject
    {
        if (table.Get(planned.Id)?.Meta.Version != planned.Meta.Version)
            return false;
        table.Update(planned);
        return true;
    }
}
