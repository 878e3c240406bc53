//! A small web server on this machine's own address.

use crate::site::{Answer, Site};
use anyhow::{Context, Result, anyhow};
use std::{
    io::{Cursor, Write},
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};
use tiny_http::{HTTPVersion, Header, Method, Request, Response, Server};

/// Browsers ask for a handful of files at once.
const THREADS: usize = 6;

/// A running server; it runs until the program ends.
pub struct Running {
    /// The address of the pages.
    pub url: String,
    /// What is served.
    pub site: Arc<Site>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Waits for ever.
    pub fn wait(self) -> Result<()> {
        for thread in self.threads {
            thread.join().map_err(|_| anyhow!("the server stopped"))?;
        }
        Ok(())
    }
}

/// Serves `folder` below `base` on this port of the loopback address; 0 takes a free one.
pub fn start(folder: &Path, base: &str, port: u16) -> Result<Running> {
    let site = Site::new(folder, base).with_context(|| format!("cannot serve {}", folder.display()))?;
    let server = Server::http(("127.0.0.1", port))
        .map_err(|error| anyhow!("port {port} of 127.0.0.1 cannot be used ({error}); name another with --port"))?;
    let port = server.server_addr().to_ip().context("the server has no address")?.port();
    let (site, server) = (Arc::new(site), Arc::new(server));
    let serve = || {
        let (site, server) = (site.clone(), server.clone());
        thread::spawn(move || {
            for request in server.incoming_requests() {
                respond(&site, request);
            }
        })
    };
    let threads = (0..THREADS).map(|_| serve()).collect();
    Ok(Running { url: format!("http://127.0.0.1:{port}{base}"), site, threads })
}

/// The path that a public address puts before every file.
pub fn base(public_url: &str) -> String {
    let path = match public_url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => public_url.trim_start_matches("./"),
    };
    let path = path.trim_matches('/');
    if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
}

fn respond(site: &Site, request: Request) {
    let response = match request.method() {
        Method::Get | Method::Head => answer(site, &request),
        _ => text(405, "Only GET and HEAD are answered here.\n"),
    };
    // A client that went away is no concern of ours.
    let _ = send(request, response);
}

/// Answers, and has the browser close the connection: the server's pool may leave a new connection waiting for a thread
/// until an old one ends, and browsers keep theirs open for minutes.
fn send(request: Request, response: Response<Cursor<Vec<u8>>>) -> std::io::Result<()> {
    let bodiless = *request.method() == Method::Head;
    let mut bytes = Vec::new();
    response.raw_print(&mut bytes, HTTPVersion(1, 1), request.headers(), bodiless, None)?;
    let head = bytes.windows(2).position(|pair| pair == b"\r\n").map_or(bytes.len(), |end| end + 2);
    let mut writer = request.into_writer();
    writer.write_all(&bytes[..head])?;
    writer.write_all(b"Connection: close\r\n")?;
    writer.write_all(&bytes[head..])?;
    writer.flush()
}

fn answer(site: &Site, request: &Request) -> Response<Cursor<Vec<u8>>> {
    let value = |name: &'static str| {
        let header = request.headers().iter().find(|header| header.field.equiv(name));
        header.map(|header| header.value.as_str())
    };
    match site.answer(request.url(), value("If-None-Match")) {
        Answer::Page(page) => {
            let squeezed = page.gzip.as_ref().filter(|_| value("Accept-Encoding").is_some_and(accepts_gzip));
            let mut response = Response::from_data(squeezed.unwrap_or(&page.plain).clone());
            if squeezed.is_some() {
                response.add_header(header("Content-Encoding", "gzip"));
            }
            response.add_header(header("Content-Type", page.kind));
            caching(response, &page.tag)
        }
        Answer::Unchanged(tag) => caching(Response::from_data(Vec::new()).with_status_code(304), &tag),
        Answer::Elsewhere(to) => text(302, "").with_header(header("Location", &to)),
        Answer::Missing => match site.not_found() {
            Some(page) => Response::from_data(page.plain.clone())
                .with_status_code(404)
                .with_header(header("Content-Type", page.kind)),
            None => text(404, "There is no such file here.\n"),
        },
    }
}

/// Every use asks first, so that a new build is seen at once.
fn caching(response: Response<Cursor<Vec<u8>>>, tag: &str) -> Response<Cursor<Vec<u8>>> {
    response
        .with_header(header("Cache-Control", "no-cache"))
        .with_header(header("ETag", tag))
        .with_header(header("Vary", "Accept-Encoding"))
        .with_header(header("X-Content-Type-Options", "nosniff"))
        // Chunks would hide the length that a progress bar needs.
        .with_chunked_threshold(usize::MAX)
}

fn accepts_gzip(encodings: &str) -> bool {
    encodings.split(',').any(|encoding| {
        let mut parts = encoding.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next() != Some("q=0")
    })
}

fn text(status: u16, words: &str) -> Response<Cursor<Vec<u8>>> {
    Response::from_string(words).with_status_code(status)
}

fn header(name: &str, value: &str) -> Header {
    // Names and values here are our own, plain ASCII.
    Header::from_bytes(name, value).unwrap_or_else(|()| unreachable!("`{name}: {value}` is not a header"))
}

#[cfg(test)]
mod tests {
    use super::{accepts_gzip, base, start};
    use std::{
        fs,
        io::{Read, Write},
        net::TcpStream,
    };

    fn get(address: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn serves_over_a_socket() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.js"), "let a;\n".repeat(9000)).unwrap();
        let running = start(folder.path(), "/sub/", 0).unwrap();
        let address = running.url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let plain = get(&address, "GET /sub/a.js HTTP/1.1");
        assert!(plain.starts_with("HTTP/1.1 200"), "{plain:.80}");
        assert!(plain.contains("Content-Length: 63000") && plain.contains("text/javascript"), "{plain:.400}");
        let squeezed = get(&address, "GET /sub/a.js HTTP/1.1\r\nAccept-Encoding: br, gzip");
        assert!(squeezed.contains("Content-Encoding: gzip") && squeezed.len() < 2000);
        let tag = plain.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap();
        assert!(get(&address, &format!("GET /sub/a.js HTTP/1.1\r\nIf-None-Match: {tag}")).starts_with("HTTP/1.1 304"));
        let head = get(&address, "HEAD /sub/a.js HTTP/1.1");
        assert!(head.starts_with("HTTP/1.1 200") && !head.contains("let a"));
        assert!(get(&address, "GET /sub/../a.js HTTP/1.1").starts_with("HTTP/1.1 404"));
        fs::write(folder.path().join("404.html"), "<p>its own").unwrap();
        let none = get(&address, "GET /sub/%23v=1 HTTP/1.1");
        assert!(none.starts_with("HTTP/1.1 404") && none.contains("text/html") && none.ends_with("its own"), "{none}");
        assert!(get(&address, "POST /sub/a.js HTTP/1.1").starts_with("HTTP/1.1 405"));
        assert!(get(&address, "GET / HTTP/1.1").contains("Location: /sub/"));
    }

    #[test]
    fn a_public_address_gives_its_path() {
        let cases = [
            ("./", "/"),
            ("/", "/"),
            ("/a/b", "/a/b/"),
            ("https://x.org/a/", "/a/"),
            ("https://x.org", "/"),
            ("", "/"),
        ];
        for (url, path) in cases {
            assert_eq!(base(url), path, "{url}");
        }
    }

    #[test]
    fn gzip_is_sent_only_where_it_is_taken() {
        assert!(accepts_gzip("gzip, deflate, br") && accepts_gzip("br;q=1, gzip;q=0.5"));
        assert!(!accepts_gzip("br") && !accepts_gzip("gzip;q=0") && !accepts_gzip(""));
    }
}
