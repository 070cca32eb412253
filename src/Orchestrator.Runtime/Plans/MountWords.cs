using System.Collections.Frozen;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Runtime.Plans;

/// <summary>The table of mount options.</summary>
internal static class MountWords
{
    public const MountFlags AccessTimes = MountFlags.NoAtime | MountFlags.StrictAtime | MountFlags.RelAtime;

    /// <summary>Of a mount, not of its file system; with an r in front: of all mounts below too.</summary>
    public static readonly FrozenDictionary<string, (AttributeChange Change, MountFlags Flags, bool IsSet)> Attributes =
        new Dictionary<string, (AttributeChange, MountFlags, bool)>
        {
            ["ro"] = (AttributeChange.On(AttributeChange.ReadOnly), MountFlags.ReadOnly, true),
            ["rw"] = (AttributeChange.Off(AttributeChange.ReadOnly), MountFlags.ReadOnly, false),
            ["nosuid"] = (AttributeChange.On(AttributeChange.NoSuid), MountFlags.NoSuid, true),
            ["suid"] = (AttributeChange.Off(AttributeChange.NoSuid), MountFlags.NoSuid, false),
            ["nodev"] = (AttributeChange.On(AttributeChange.NoDev), MountFlags.NoDev, true),
            ["dev"] = (AttributeChange.Off(AttributeChange.NoDev), MountFlags.NoDev, false),
            ["noexec"] = (AttributeChange.On(AttributeChange.NoExec), MountFlags.NoExec, true),
            ["exec"] = (AttributeChange.Off(AttributeChange.NoExec), MountFlags.NoExec, false),
            ["nodiratime"] = (AttributeChange.On(AttributeChange.NoDirAtime), MountFlags.NoDirAtime, true),
            ["diratime"] = (AttributeChange.Off(AttributeChange.NoDirAtime), MountFlags.NoDirAtime, false),
            ["nosymfollow"] = (AttributeChange.On(AttributeChange.NoSymFollow), MountFlags.NoSymFollow, true),
            ["symfollow"] = (AttributeChange.Off(AttributeChange.NoSymFollow), MountFlags.NoSymFollow, false),
            ["noatime"] = (AttributeChange.Time(AttributeChange.NoAtime), MountFlags.NoAtime, true),
            ["strictatime"] = (AttributeChange.Time(AttributeChange.StrictAtime), MountFlags.StrictAtime, true),
            // relatime is what the kernel does when nothing else is asked for.
            ["relatime"] = (AttributeChange.Time(0), MountFlags.RelAtime, true),
            ["atime"] = (AttributeChange.Time(0), MountFlags.NoAtime, false),
            ["nostrictatime"] = (AttributeChange.Time(0), MountFlags.StrictAtime, false),
            ["norelatime"] = (AttributeChange.Time(0), MountFlags.RelAtime, false),
        }.ToFrozenDictionary();

    /// <summary>Of a file system; a bind mount shares its source's.</summary>
    public static readonly FrozenDictionary<string, (MountFlags Flags, bool IsSet)> SuperblockFlags =
        new Dictionary<string, (MountFlags, bool)>
        {
            ["sync"] = (MountFlags.Synchronous, true),
            ["async"] = (MountFlags.Synchronous, false),
            ["dirsync"] = (MountFlags.DirSync, true),
            ["mand"] = (MountFlags.MandatoryLocks, true),
            ["nomand"] = (MountFlags.MandatoryLocks, false),
            ["silent"] = (MountFlags.Silent, true),
            ["loud"] = (MountFlags.Silent, false),
            ["iversion"] = (MountFlags.InodeVersion, true),
            ["noiversion"] = (MountFlags.InodeVersion, false),
            ["lazytime"] = (MountFlags.LazyTime, true),
            ["nolazytime"] = (MountFlags.LazyTime, false),
        }.ToFrozenDictionary();

    /// <summary>Every word, as <c>features</c> lists them.</summary>
    public static IEnumerable<string> All =>
        Attributes.Keys.Concat(Attributes.Keys.Select(a => "r" + a)).Concat(SuperblockFlags.Keys)
            .Concat(MountPropagation.Words.Keys)
            .Concat(["bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", "defaults"])
            .Order(StringComparer.Ordinal);
}
