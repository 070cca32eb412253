using System.Text.RegularExpressions;
using Orchestrator.Model;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether a secret or config, or what refers to one, can be as asked.</summary>
internal static partial class PayloadValidator
{
    /// <summary>In bytes; that large is too large.</summary>
    public const int SecretLimit = 500 * 1024, ConfigLimit = 1000 * 1024;

    /// <exception cref="UserException">It cannot.</exception>
    public static void Validate(Payload payload)
    {
        if (payload.Name.Length == 0)
            throw UserErrors.Invalid("name must be provided", $"Name the {PayloadApi.Noun(payload.Kind)}.");
        if (payload.Name.Length > 64 || !Form().IsMatch(payload.Name))
        {
            throw UserErrors.Invalid(
                "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be "
                + "[a-zA-Z0-9]", $"Give another name than \"{payload.Name}\".");
        }

        var limit = payload.Kind == PayloadKind.Secret ? SecretLimit : ConfigLimit;
        if (payload.Data.Length == 0 || payload.Data.Length >= limit)
        {
            throw UserErrors.Invalid(
                $"{PayloadApi.Noun(payload.Kind)} data must be larger than 0 and less than {limit} bytes",
                $"There are {payload.Data.Length}: put what is larger into an image or a volume.");
        }
    }

    /// <returns>The reference with id and name of what it names.</returns>
    /// <exception cref="UserException">There is no such thing.</exception>
    public static PayloadReference Resolve(PayloadReference reference, Transaction tx)
    {
        if (reference.Mode > 0xfff)
            throw UserErrors.Invalid($"invalid mode {reference.Mode} of {reference.Name}", "Permission bits end at 7777.");
        var payload = Find(reference.Kind, reference.Id, reference.Name, tx);
        return reference with
        {
            Id = payload.Id,
            Name = payload.Name,
            Target = reference.Target.Length > 0 ? reference.Target : payload.Name,
        };
    }

    /// <exception cref="UserException">Two files would be one.</exception>
    public static void RefuseSameTarget(IEnumerable<PayloadReference> references)
    {
        if (references.GroupBy(r => r.Path).FirstOrDefault(group => group.Count() > 1) is not { } twice)
            return;
        var (one, other) = (twice.First(), twice.ElementAt(1));
        throw UserErrors.Invalid(
            $"{PayloadApi.Noun(one.Kind)} references '{one.Name}' and '{other.Name}' have a conflicting target: "
            + $"'{one.Target}'", "Give each a target of its own.");
    }

    /// <summary>Reads it in the transaction, so that it cannot go before who refers to it is there.</summary>
    public static Payload Find(PayloadKind kind, PayloadId id, string name, Transaction tx)
    {
        var found = id.Value.Length > 0 ? tx.Payloads(kind).Get(id.Value)
            : tx.Payloads(kind).Find(Indexes.PayloadName, name.ToLowerInvariant()) is [var named, ..] ? named : null;
        return found ?? throw UserErrors.Invalid(
            $"{PayloadApi.Noun(kind)} not found: {(name.Length > 0 ? name : id.Value)}",
            $"List what is there: orch {PayloadApi.Noun(kind)} ls");
    }

    [GeneratedRegex("^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$")]
    private static partial Regex Form();
}
