namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Constants of the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload), as far as it is supported.</summary>
internal static class Tus
{
    public const string Path = "/uploads";

    public const string Version = "1.0.0";

    public const string Extensions = "creation,creation-with-upload,checksum,expiration,termination";

    public const string BodyType = "application/offset+octet-stream";

    public static class Headers
    {
        public const string Resumable = "Tus-Resumable";
        public const string Version = "Tus-Version";
        public const string Extension = "Tus-Extension";
        public const string MaxSize = "Tus-Max-Size";
        public const string ChecksumAlgorithm = "Tus-Checksum-Algorithm";
        public const string Offset = "Upload-Offset";
        public const string Length = "Upload-Length";
        public const string DeferLength = "Upload-Defer-Length";
        public const string Metadata = "Upload-Metadata";
        public const string Expires = "Upload-Expires";
        public const string Checksum = "Upload-Checksum";
        public const string Concat = "Upload-Concat";
    }
}
