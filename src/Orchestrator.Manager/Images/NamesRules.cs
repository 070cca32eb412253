using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.Images;

/// <summary>What each change of the registry's names does to the store. Pure but for the transaction.</summary>
internal static class NamesRules
{
    /// <returns>Whether what was to be removed was there; true for whatever removes nothing.</returns>
    public static bool Apply(Transaction tx, P.NamesChange change) => change.WhatCase switch
    {
        P.NamesChange.WhatOneofCase.Put => Put(tx, change),
        P.NamesChange.WhatOneofCase.RemoveTag => RemoveTag(tx, change),
        P.NamesChange.WhatOneofCase.RemoveManifest => RemoveManifest(tx, change),
        P.NamesChange.WhatOneofCase.SaveLogin => SaveLogin(tx, change),
        P.NamesChange.WhatOneofCase.RemoveLogin => RemoveLogin(tx, change),
        P.NamesChange.WhatOneofCase.TakeOver => TakeOver(tx, change.TakeOver),
        _ => throw new UserException(ErrorCode.InvalidArgument, "this manager does not know such a change of names",
            "Upgrade it to the version of the others."),
    };

    /// <summary>The version of what a change is about, for <see cref="P.NamesChange.Seen"/>; 0: there is none.</summary>
    public static ulong VersionOf(StoreRoot root, P.NamesChange change) => change.WhatCase switch
    {
        P.NamesChange.WhatOneofCase.Put => root.Tags.Get(TagId(change.Put))?.Meta.Version,
        P.NamesChange.WhatOneofCase.RemoveTag =>
            root.Tags.Get(RepositoryTag.IdOf(change.RemoveTag.Repository, change.RemoveTag.Tag))?.Meta.Version,
        P.NamesChange.WhatOneofCase.RemoveManifest => root.Manifests.Get(
            RepositoryManifest.IdOf(change.RemoveManifest.Repository, change.RemoveManifest.Digest))?.Meta.Version,
        P.NamesChange.WhatOneofCase.SaveLogin => root.Logins.Get(change.SaveLogin.Name)?.Meta.Version,
        P.NamesChange.WhatOneofCase.RemoveLogin => root.Logins.Get(change.RemoveLogin.Name)?.Meta.Version,
        _ => null,
    } ?? 0;

    private static bool Put(Transaction tx, P.NamesChange change)
    {
        var manifest = change.Put.Manifest.ToModel();
        // Written even if nothing is new: an answer must not rest on what another's change has yet to commit.
        if (tx.Manifests.Get(manifest.Id) is { } before)
            tx.Manifests.Update(manifest with { Meta = before.Meta });
        else
            tx.Manifests.Create(manifest);
        if (change.Put.Tag.Length == 0)
            return true;

        var tag = tx.Tags.Get(TagId(change.Put));
        if (IsPast(change, tag?.Meta))
            return true;
        if (tag is not null)
            tx.Tags.Update(tag with { Digest = manifest.Digest });
        else
            tx.Tags.Create(TagOf(change.Put));
        return true;
    }

    private static bool RemoveTag(Transaction tx, P.NamesChange change)
    {
        var id = RepositoryTag.IdOf(change.RemoveTag.Repository, change.RemoveTag.Tag);
        var tag = tx.Tags.Get(id);
        if (IsPast(change, tag?.Meta))
            return true;
        tx.Tags.Delete(id);
        return tag is not null;
    }

    private static bool RemoveManifest(Transaction tx, P.NamesChange change)
    {
        var id = RepositoryManifest.IdOf(change.RemoveManifest.Repository, change.RemoveManifest.Digest);
        var manifest = tx.Manifests.Get(id);
        if (IsPast(change, manifest?.Meta))
            return true;
        foreach (var tag in tx.Tags.Find(Indexes.TagManifest, id))
            tx.Tags.Delete(tag.Id);
        tx.Manifests.Delete(id);
        return manifest is not null;
    }

    private static bool SaveLogin(Transaction tx, P.NamesChange change)
    {
        var login = change.SaveLogin.ToModel();
        var before = tx.Logins.Get(login.Name);
        if (IsPast(change, before?.Meta))
            return true;
        if (before is null)
            tx.Logins.Create(login);
        else
            tx.Logins.Update(login with { Meta = before.Meta });
        return true;
    }

    private static bool RemoveLogin(Transaction tx, P.NamesChange change)
    {
        var login = tx.Logins.Get(change.RemoveLogin.Name);
        if (IsPast(change, login?.Meta))
            return true;
        tx.Logins.Delete(change.RemoveLogin.Name);
        return login is not null;
    }

    /// <summary>Once it is done, another leader that began it as well must not bring back what was removed since.</summary>
    private static bool TakeOver(Transaction tx, P.TakeOverNames old)
    {
        if (tx.RegistryStates.Get(RegistryState.OnlyId) is not null)
            return true;
        foreach (var manifest in old.Manifests.Select(m => m.ToModel()).Where(m => tx.Manifests.Get(m.Id) is null))
            tx.Manifests.Create(manifest);
        foreach (var tag in old.Tags.Select(t => t.ToModel()).Where(t => tx.Tags.Get(t.Id) is null))
            tx.Tags.Create(tag);
        foreach (var login in old.Logins.Select(l => l.ToModel()).Where(l => tx.Logins.Get(l.Name) is null))
            tx.Logins.Create(login);
        if (old.State is not null)
            tx.RegistryStates.Create(old.State.ToModel());
        return true;
    }

    private static bool IsPast(P.NamesChange change, Meta? current) =>
        change.Repeated && (current?.Version ?? 0) != change.Seen;

    private static string TagId(P.PutManifest put) => RepositoryTag.IdOf(put.Manifest.Repository, put.Tag);

    private static RepositoryTag TagOf(P.PutManifest put) => new()
    {
        Repository = put.Manifest.Repository, Tag = put.Tag, Digest = put.Manifest.Digest,
    };
}
